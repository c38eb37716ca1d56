/** Copying a text, with a word on the page about how it went. */
import { t } from "../i18n";
import { toast } from "./Toast";

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("action.copied"));
  } catch {
    // Plain HTTP on the local network has no clipboard: the text is on the page, to be marked by hand.
    toast(t("copy.by_hand"), "fault");
  }
}
