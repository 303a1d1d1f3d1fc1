import i18n from "i18next";

/**
 * The text for a word of a service's enum, e.g. `word("grant", "funder")`. A word that is newer than this client is
 * shown as it came; `texts.test.ts` holds the texts to the services' enums. Pages call `useTranslation` as well, so
 * that they are drawn again in the other language.
 */
export function word(group: string, value: string): string {
  return i18n.t(`${group}.${value}` as "common.all", { defaultValue: value.replaceAll("_", " ") });
}
