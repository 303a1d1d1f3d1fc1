/** Theme and density of this device; `public/theme.js` sets the stored theme before the first paint. */

export type Theme = "system" | "light" | "dark";
export type Density = "normal" | "compact";

export function theme(): Theme {
  const stored = localStorage.getItem("vw.theme");
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function choose(wanted: Theme): void {
  if (wanted === "system") {
    localStorage.removeItem("vw.theme");
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem("vw.theme", wanted);
    document.documentElement.dataset.theme = wanted;
  }
}

export function density(): Density {
  return localStorage.getItem("vw.density") === "compact" ? "compact" : "normal";
}

export function setDensity(wanted: Density): void {
  localStorage.setItem("vw.density", wanted);
  document.documentElement.dataset.density = wanted;
}
