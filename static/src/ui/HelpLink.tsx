/**
 * The way to the help from pages that must not be left: it opens beside them. `part` is the role it is
 * opened at.
 */
import { CircleQuestionMark } from "lucide-preact";
import { t } from "../i18n";

interface HelpLinkProps {
  part?: string;
  words?: boolean;
  /** A line of a menu. */
  menu?: boolean;
}

export function HelpLink({ part = "", words = true, menu = false }: HelpLinkProps) {
  return (
    <a
      class={menu ? "button button-quiet menu-item" : "button button-quiet help-link"}
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
