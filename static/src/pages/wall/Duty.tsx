/**
 * Who is on duty, handing over to another proctor, and a message to everybody. A duty is an entry of the
 * trace: whoever takes over is known to the minute.
 */
import { Handshake, LogIn, LogOut, Split } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { me } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";
import { duty, relieve, shareOut, writeAll } from "./api";
import type { Feed } from "./feed";

export function DutyDialog({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const frame = feed.frame.value;
  const [to, setTo] = useState("");
  const doing = useDoing();
  if (!frame) return null;
  const own = me.value?.id ?? "";
  const others = frame.proctors.filter(one => one.person !== own);
  const run = (work: () => Promise<unknown>, words: string): void =>
    void doing.run(async () => {
      await work();
      toast(words);
      feed.again();
      onClose();
    });
  return (
    <Dialog open title={t("wall.duty")} onClose={onClose} testid="wall-duty">
      {frame.proctors.length === 0 && <p class="muted">{t("wall.duty_none")}</p>}
      <ul role="list" class="plain-list">
        {frame.proctors.map(one => (
          <li key={one.person} data-testid="wall-proctor" data-person={one.person} data-on={one.on}>
            <span dir="auto">{one.name}</span>
            <span class="row">
              <span class="muted small" data-testid="wall-proctor-watches">
                {t("wall.watches", { count: watched(feed, one.person) })}
              </span>
              <Badge tone={one.on ? "good" : "plain"}>{t(one.on ? "wall.duty_on" : "wall.duty_off")}</Badge>
            </span>
          </li>
        ))}
      </ul>
      {frame.on_duty ? (
        <>
          <p class="muted">{t("wall.relief_words")}</p>
          <div class="pw-write">
            <Select
              label={t("wall.relief_to")}
              none={t("picker.choose")}
              value={to}
              options={others.map(one => ({ value: one.person, label: one.name }))}
              onValue={setTo}
              data-testid="wall-relief-to"
            />
            <Button
              icon={Handshake}
              look="primary"
              disabled={!to}
              busy={doing.busy}
              onClick={() => run(() => relieve(feed.exam, to), t("wall.done_relief"))}
              data-testid="wall-relief"
            >
              {t("wall.relief")}
            </Button>
          </div>
          <div class="row">
            <Button
              icon={Split}
              busy={doing.busy}
              onClick={() => run(() => shareOut(feed.exam), t("wall.done_share"))}
              data-testid="wall-share-out"
            >
              {t("wall.share_out")}
            </Button>
            <Button
              icon={LogOut}
              busy={doing.busy}
              onClick={() => run(() => duty(feed.exam, false), t("wall.done_duty_off"))}
              data-testid="wall-duty-off"
            >
              {t("wall.duty_leave")}
            </Button>
          </div>
        </>
      ) : (
        <div class="row">
          <Button
            icon={LogIn}
            look="primary"
            busy={doing.busy}
            onClick={() => run(() => duty(feed.exam, true), t("wall.done_duty_on"))}
            data-testid="wall-duty-on"
          >
            {t("wall.duty_take")}
          </Button>
        </div>
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}

/** How many a proctor looks after. */
function watched(feed: Feed, proctor: string): number {
  return [...feed.students.values()].filter(one => one.value.watcher === proctor).length;
}

export function AllDialog({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const [text, setText] = useState("");
  const doing = useDoing();
  const send = (): void => {
    if (!text.trim()) return;
    void doing.run(async () => {
      await writeAll(feed.exam, text.trim());
      toast(t("wall.done_all"));
      onClose();
    });
  };
  return (
    <Dialog
      open
      title={t("wall.to_all")}
      onClose={onClose}
      onSubmit={send}
      testid="wall-all"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" busy={doing.busy} data-testid="wall-all-send">
            {t("wall.send")}
          </Button>
        </>
      }
    >
      <TextArea
        label={t("wall.message")}
        hint={t("wall.to_all_words", { count: feed.counts.value.all })}
        value={text}
        onValue={setText}
        maxLength={1000}
        data-testid="wall-all-text"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
