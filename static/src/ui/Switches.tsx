/**
 * The language and the theme, small enough for a page's corner. Choices take effect at once; for people
 * with an account `keep` saves them there too.
 */
import { Monitor, Moon, Sun } from "lucide-preact";
import { isLanguage, language, LANGUAGE_NAMES, LANGUAGES, setLanguage, t } from "../i18n";
import { setTheme, theme, THEMES, type Theme } from "../theme";
import { IconButton } from "./Button";
import { Select } from "./Field";

export function LanguageSwitch() {
  return (
    <Select
      bare
      label={t("switch.language")}
      value={language.value}
      options={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
      onValue={value => isLanguage(value) && void setLanguage(value)}
      data-testid="language"
    />
  );
}

const PICTURES = { system: Monitor, light: Sun, dark: Moon } as const;

export function themeWord(value: Theme): string {
  return t(`theme.${value}`);
}

export function ThemeSwitch() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  return (
    <IconButton
      icon={PICTURES[theme.value]}
      label={`${t("switch.theme")}: ${themeWord(theme.value)}`}
      onClick={() => setTheme(next)}
      data-testid="theme"
    />
  );
}
