// Before the first paint: a stored theme or language must not flash.
(() => {
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const theme = stored("vw.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = stored("vw.language");
  if (language === "de" || language === "en") document.documentElement.lang = language;
})();
