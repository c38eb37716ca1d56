/** What the person should hear of: the newest first, each with the way to what it is about. */
import { Bell, BellOff, BellRing, CheckCheck, ChevronRight, Settings2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { changed, deviceState, listNotices, markRead, switchDevice, unread } from "../../notices/notices";
import type { Notice, NoticePage } from "../../notices/notices";
import { Button, ButtonLink } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import "./notices.css";

export default function Notices() {
  const found = useResource(signal => listNotices("", signal), []);
  const doing = useDoing();
  const version = changed.value;
  useEffect(() => {
    if (version > 0) found.reload();
  }, [version]);
  const readAll = (): void =>
    void doing.run(async () => {
      await markRead([]);
      unread.value = 0;
      found.reload();
    });
  const more = (known: NoticePage): void =>
    void doing.run(async () => {
      const next = await listNotices(known.items.at(-1)?.id);
      found.set({ ...next, items: [...known.items, ...next.items] });
    });
  return (
    <Page
      narrow
      title={t("notices.title")}
      testid="notices"
      actions={
        <>
          <Button
            icon={CheckCheck}
            busy={doing.busy}
            disabled={unread.value === 0}
            onClick={readAll}
            data-testid="notices-read"
          >
            {t("notices.read_all")}
          </Button>
          <ButtonLink icon={Settings2} look="quiet" href="/profile#notices" data-testid="notices-choose">
            {t("notices.choose")}
          </ButtonLink>
        </>
      }
    >
      <OnThisDevice />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <Load of={found}>
        {known =>
          known.items.length === 0 ? (
            <Empty icon={Bell} title={t("notices.none")} testid="notices-empty">
              {t("notices.none_words")}
            </Empty>
          ) : (
            <Card>
              <ul class="notices" role="list">
                {known.items.map(notice => (
                  <li key={notice.id}>
                    <One notice={notice} />
                  </li>
                ))}
              </ul>
              {known.more && (
                <Button busy={doing.busy} onClick={() => more(known)} data-testid="notices-more">
                  {t("action.more")}
                </Button>
              )}
            </Card>
          )
        }
      </Load>
    </Page>
  );
}

function One({ notice }: { notice: Notice }) {
  const inside = (
    <>
      <span class="notice-dot" aria-hidden="true" />
      <span class="notice-words">
        <strong dir="auto">{notice.title}</strong>
        {!notice.read && <span class="hidden-text">, {t("notices.new")}</span>}
        <span dir="auto" class="notice-text">
          {notice.text}
        </span>
        <time class="muted small" dateTime={notice.time}>
          {dayAndTime(notice.time)}
        </time>
      </span>
    </>
  );
  const shared = {
    class: notice.read ? "notice" : "notice notice-new",
    "data-testid": "notice",
    "data-kind": notice.kind,
    "data-read": notice.read,
  };
  const read = (): void => {
    if (!notice.read) void markRead([notice.id]).catch(() => undefined);
  };
  if (notice.path) {
    return (
      <a {...shared} href={notice.path} onClick={read}>
        {inside}
        <ChevronRight size={20} aria-hidden />
      </a>
    );
  }
  return (
    <div {...shared}>
      {inside}
      {!notice.read && (
        <Button look="quiet" onClick={read} data-testid="notice-read">
          {t("notices.read_one")}
        </Button>
      )}
    </div>
  );
}

/** The browser is asked only when the person clicks here. */
function OnThisDevice() {
  const [state, setState] = useState(deviceState);
  if (state === "unsupported") return null;
  const turn = (): void => void switchDevice(state !== "on").then(setState);
  return (
    <div class="notices-device" data-testid="notices-device" data-state={state}>
      {state === "on" ? <BellRing size={22} aria-hidden /> : <BellOff size={22} aria-hidden />}
      <p class="grow">{state === "denied" ? t("notices.denied") : t(`notices.device_${state}`)}</p>
      {state !== "denied" && (
        <Button onClick={turn} data-testid="notices-device-switch">
          {state === "on" ? t("notices.switch_off") : t("notices.switch_on")}
        </Button>
      )}
    </div>
  );
}
