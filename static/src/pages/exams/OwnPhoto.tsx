/**
 * The own registered photo: what the face is compared with in exams, until when it is kept, and a way to
 * say that it is wrong or not wanted. Nothing is shown to who has none.
 */
import { useState } from "preact/hooks";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime, dayMonth, isoDay } from "../../i18n/dates";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";

interface Own {
  at: string | null;
  /** When it goes by itself. */
  until: string | null;
  objection: string;
  objected: string | null;
}

function dayAndYear(moment: string): string {
  const day = isoDay(new Date(moment));
  return `${dayMonth(day)} ${day.slice(0, 4)}`;
}

export function OwnPhoto() {
  const found = useResource(signal => get<Own>("/me/photo", {}, signal), []);
  const [objecting, setObjecting] = useState(false);
  const own = found.data;
  if (!own?.at) return null;
  return (
    <section class="card own-photo" data-testid="own-photo">
      <img
        src={`/api/v1/me/photo/picture?at=${encodeURIComponent(own.at)}`}
        alt={t("photo.own_alt")}
        data-testid="own-photo-picture"
      />
      <div class="stack-tight grow">
        <h2>{t("photo.own")}</h2>
        <p>{t("photo.own_words", { time: dayAndTime(own.at) })}</p>
        <p class="muted" data-testid="own-photo-terms">
          {t("photo.terms", { day: own.until ? dayAndYear(own.until) : "" })}
        </p>
        {own.objected ? (
          <Note testid="own-photo-objected">
            {t("photo.objected", { time: dayAndTime(own.objected), words: own.objection })}
          </Note>
        ) : (
          <div>
            <Button onClick={() => setObjecting(true)} data-testid="own-photo-object">
              {t("photo.object")}
            </Button>
          </div>
        )}
      </div>
      {objecting && (
        <Objecting
          onClose={() => setObjecting(false)}
          onDone={changed => {
            setObjecting(false);
            found.set(changed);
          }}
        />
      )}
    </section>
  );
}

function Objecting({ onClose, onDone }: { onClose: () => void; onDone: (own: Own) => void }) {
  const [words, setWords] = useState("");
  const [told, setTold] = useState(false);
  const doing = useDoing();
  const short = words.trim().length < 3;
  const send = (): void => {
    setTold(true);
    if (short) return;
    void doing.run(async () => {
      const changed = await post<Own>("/me/photo/objection", { words: words.trim() });
      toast(t("photo.object_done"));
      onDone(changed);
    });
  };
  return (
    <Dialog
      open
      title={t("photo.object")}
      onClose={onClose}
      onSubmit={send}
      testid="own-photo-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" busy={doing.busy} data-testid="own-photo-send">
            {t("exam.send")}
          </Button>
        </>
      }
    >
      <p>{t("photo.object_words")}</p>
      <TextArea
        label={t("photo.object_label")}
        value={words}
        onValue={setWords}
        maxLength={500}
        error={told && short ? t("wall.reason_short") : undefined}
        data-testid="own-photo-words"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
