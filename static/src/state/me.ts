/**
 * Who is signed in. `me` is undefined while we ask, null for nobody. The log-in page and the pages that
 * settle an account call `loadMe` after each step; the rest only read.
 */
import { signal } from "@preact/signals";
import { ApiError, get, onStanding, post } from "../api/client";
import type { Me } from "../api/types";
import { isLanguage, language, setLanguage } from "../i18n";
import { isTheme, setTheme, theme } from "../theme";

export const me = signal<Me | null | undefined>(undefined);
/** Set when the first question could not be answered at all. */
export const meError = signal<unknown>(undefined);

onStanding({
  lost: () => {
    me.value = null;
  },
  unsettled: () => void loadMe(),
});

/** Ask the server who we are and take over the account's language and theme. */
export async function loadMe(): Promise<Me | null> {
  try {
    const found = await get<Me>("/me");
    if (isLanguage(found.language) && found.language !== language.value) await setLanguage(found.language);
    if (isTheme(found.theme) && found.theme !== theme.value) setTheme(found.theme);
    meError.value = undefined;
    me.value = found;
    return found;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      meError.value = undefined;
      me.value = null;
      return null;
    }
    meError.value = error;
    return null;
  }
}

/** May the client offer this action? The server judges each call again. */
export function may(action: string): boolean {
  return me.value?.actions.includes(action) ?? false;
}

export async function logout(): Promise<void> {
  await post("/logout");
  me.value = null;
}
