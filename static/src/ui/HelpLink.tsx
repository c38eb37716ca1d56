/**
 * The way to the help from pages that must not be left: it opens beside them. `part` is the role it is
 * opened at.
 */
import { CircleQuestionMark } from "lucide-preact";
import { t } from "../i18n";

export function HelpLink({ part = "", words = true }: { part?: string; words?: boolean }) {
  return (
    <a
      class="button button-quiet help-link"
      href={`/help${part && `#${part}`}`}
      target="_blank"
      rel="noopener"
      title={t("help.title")}
      data-testid="help-link"
    >
      <CircleQuestionMark size={20} aria-hidden />
      <span class={words ? "button-words" : "hidden-text"}>{t("help.title")}</span>
    </a>
  );
}
