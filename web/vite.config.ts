import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    // Without it every language of the component library is shipped.
    { ...optimizeLocales.vite({ locales: ["de-DE", "en-GB", "en-US"] }), enforce: "pre" },
    react(),
  ],
  build: {
    target: "es2023",
    manifest: true,
    sourcemap: false,
    // The content policy allows no data: script or font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  // The gateway of a running system, for `tools/npm run dev`.
  server: { proxy: { "/api": process.env.VERBUNDWERK_URL ?? "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
