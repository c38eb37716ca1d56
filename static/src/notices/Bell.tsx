/** The bell at the head of every page: how many notices are unread, and the way to them. */
import { Bell as BellPicture } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { t } from "../i18n";
import { me } from "../state/me";
import { followNotices, unread } from "./notices";
import "./bell.css";

/** Guests have none: they are here for one lesson. */
export function Bell() {
  return me.value?.kind === "account" ? <Followed /> : null;
}

function Followed() {
  const { path } = useLocation();
  useEffect(() => followNotices(), []);
  const count = unread.value;
  const words = count > 0 ? t("notices.unread", { count }) : t("notices.title");
  return (
    <a
      href="/notices"
      class="bell"
      data-testid="nav-notices"
      data-unread={count}
      aria-label={words}
      title={words}
      aria-current={path === "/notices" ? "page" : undefined}
    >
      <BellPicture size={22} aria-hidden />
      {count > 0 && <span class="bell-count numbers">{count > 98 ? "99+" : count}</span>}
    </a>
  );
}
