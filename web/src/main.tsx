import "./styles/index.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect, useState } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { createRoot } from "react-dom/client";
import { onSessionEnd } from "./api/client";
import { Problem } from "./api/problem";
import { onOtherTab, stored } from "./api/tokens";
import { router } from "./app/router";
import { answerSignIn, askToSignInAgain } from "./app/signin";
import { density, setDensity } from "./app/theme";
import i18n, { begin, language } from "./i18n";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays one; what passes (5xx, no connection) is asked again.
      retry: (count, error) => count < 3 && !(error instanceof Problem && error.status < 500),
    },
  },
});

onSessionEnd(askToSignInAgain);
onOtherTab(() => {
  if (stored()) answerSignIn(true);
  else location.assign("/sign-in");
});

function App() {
  const [locale, setLocale] = useState(language());
  useEffect(() => {
    const changed = () => setLocale(language());
    i18n.on("languageChanged", changed);
    return () => i18n.off("languageChanged", changed);
  }, []);
  return (
    <I18nProvider locale={locale === "de" ? "de-DE" : "en-GB"}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}

setDensity(density());
await begin();
const place = document.getElementById("app");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
