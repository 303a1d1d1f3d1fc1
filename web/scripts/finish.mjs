// After the build: brings the API page's assets beside it, compresses what compresses, and holds the size budget.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const FIRST_LOAD_KB = 250;
const PAGE_KB = 130;

await mkdir(new URL("docs/", dist), { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"]) {
  await copyFile(
    new URL(`../node_modules/swagger-ui-dist/${name}`, import.meta.url),
    new URL(`docs/${name}`, dist),
  );
}

for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && /\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) {
    const file = `${entry.parentPath}/${entry.name}`;
    const packed = gzipSync(await readFile(file), { level: 9 });
    if (packed.length > 400) await writeFile(`${file}.gz`, packed);
  }
}

const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

async function weight(files) {
  const sizes = await Promise.all(
    [...files].map(async (name) => {
      const content = await readFile(new URL(name, dist));
      return name.endsWith(".woff2") ? content.length : gzipSync(content, { level: 9 }).length;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

function needed(key, found = new Set()) {
  const chunk = manifest[key];
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const file of chunk.css ?? []) found.add(file);
  for (const other of chunk.imports ?? []) needed(other, found);
  return found;
}

const first = needed("index.html");
first.add("index.html");
// The one font file that every text needs; others load when a character asks for them.
for (const chunk of Object.values(manifest)) {
  if (/source-sans-3-latin-wght-normal.*woff2$/.test(chunk.file)) first.add(chunk.file);
}
const total = await weight(first);
const pages = [];
for (const key of manifest["index.html"].dynamicImports ?? []) {
  const extra = [...needed(key)].filter((file) => !first.has(file));
  pages.push([await weight(extra), key]);
}
pages.sort((a, b) => b[0] - a[0]);
if (process.env.SIZES)
  for (const [size, key] of pages) console.log(`${size.toFixed(1).padStart(7)} kB  ${key}`);
console.log(
  `web: first load ${total.toFixed(0)} kB of ${FIRST_LOAD_KB} compressed; largest page +${(pages[0]?.[0] ?? 0).toFixed(0)} kB`,
);
const tooLarge = pages.filter(([size]) => size > PAGE_KB);
if (total > FIRST_LOAD_KB || tooLarge.length) {
  console.error(
    `over the budget: ${tooLarge.map(([size, key]) => `${key} ${size.toFixed(0)} kB`).join(", ") || "first load"}`,
  );
  process.exit(1);
}
