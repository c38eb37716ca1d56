/**
 * Light or dark. The system decides unless a person has chosen; the choice is kept on the device and,
 * for people with an account, on the account (`pages/profile`).
 */
import { signal } from "@preact/signals";
import "./tokens.css";
import "./base.css";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const MEMORY = "sabak.theme";

export const theme = signal<Theme>("system");

export function isTheme(value: unknown): value is Theme {
  return THEMES.includes(value as Theme);
}

export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  try {
    if (next === "system") localStorage.removeItem(MEMORY);
    else localStorage.setItem(MEMORY, next);
  } catch {
    // No storage in some private windows: the theme holds until the page is closed.
  }
}

export function startTheme(): void {
  const shown = document.documentElement.dataset["theme"];
  if (isTheme(shown)) theme.value = shown;
}
