/** German and English; the reader's choice is kept on the device. */

import i18next, { type TFunction } from "i18next";
import { initReactI18next } from "react-i18next";
import german from "./de";

export type Language = "de" | "en";

const KEY = "vw.language";

declare module "i18next" {
  interface CustomTypeOptions {
    returnNull: false;
    resources: { translation: typeof german };
  }
}

export function language(): Language {
  return i18next.language === "en" ? "en" : "de";
}

export async function speak(wanted: Language): Promise<void> {
  if (wanted === "en" && !i18next.hasResourceBundle("en", "translation")) {
    i18next.addResourceBundle("en", "translation", (await import("./en")).default);
  }
  await i18next.changeLanguage(wanted);
  document.documentElement.lang = wanted;
  localStorage.setItem(KEY, wanted);
}

export async function begin(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "de",
    fallbackLng: "de",
    resources: { de: { translation: german } },
    interpolation: { escapeValue: false },
  });
  const stored = localStorage.getItem(KEY);
  await speak(stored === "en" || stored === "de" ? stored : "de");
}

export type Translate = TFunction;
export default i18next;
