/** The own look: nothing, or something to note with a few words; once given, the looks of the others. */
import { CircleCheck, SkipForward, StickyNote } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import type { Doing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { lasted } from "../wall/words";
import { sends } from "./keys";
import type { ItemView, Verdict as Word } from "./types";
import { itemLook } from "./words";

interface Props {
  item: ItemView;
  doing: Doing;
  /** The note is being written. */
  noting: boolean;
  onNoting: (on: boolean) => void;
  onGive: (verdict: Word, note: string) => void;
  onNext: (() => void) | undefined;
}

const SHORTEST = 3; // characters, as the server has it

export function Verdict({ item, doing, noting, onNoting, onGive, onNext }: Props) {
  const [note, setNote] = useState("");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => setNote(""), [item.key]);
  useEffect(() => {
    if (noting) box.current?.querySelector("textarea")?.focus();
  }, [noting]);
  if (!item.waits) return <Looks item={item} onNext={onNext} />;
  const ready = note.trim().length >= SHORTEST;
  return (
    <div class="stack-tight" ref={box} data-testid="review-verdict">
      <div class="row">
        <Button
          look="primary"
          icon={CircleCheck}
          busy={doing.busy && !noting}
          onClick={() => onGive("nothing", "")}
          aria-keyshortcuts="1"
          data-testid="review-nothing"
        >
          {t("review.nothing")} <kbd>1</kbd>
        </Button>
        <Button
          icon={StickyNote}
          aria-expanded={noting}
          onClick={() => onNoting(!noting)}
          aria-keyshortcuts="2"
          data-testid="review-noted"
        >
          {t("review.noted")} <kbd>2</kbd>
        </Button>
      </div>
      {noting && (
        <>
          <TextArea
            label={t("review.note")}
            hint={t("review.note_hint")}
            value={note}
            onValue={setNote}
            maxLength={2000}
            onKeyDown={event => {
              if (event.key === "Escape") onNoting(false);
              if (!sends(event)) return;
              event.preventDefault();
              if (ready) onGive("noted", note.trim());
            }}
            data-testid="review-note"
          />
          <div class="row">
            <Button
              look="primary"
              busy={doing.busy}
              disabled={!ready}
              onClick={() => onGive("noted", note.trim())}
              data-testid="review-send"
            >
              {t("review.send")} <kbd>Ctrl+Enter</kbd>
            </Button>
          </div>
        </>
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <p class="muted small">{t("review.blind_words")}</p>
    </div>
  );
}

export function Looks({ item, onNext }: { item: ItemView; onNext?: (() => void) | undefined }) {
  const state = itemLook(item.state);
  return (
    <div class="stack-tight" data-testid="review-looks" data-state={item.state}>
      <p role="status">
        <strong>{state.words}</strong>
      </p>
      <LookList item={item} />
      {onNext && (
        <div class="row">
          <Button
            look="primary"
            icon={SkipForward}
            onClick={onNext}
            aria-keyshortcuts="N"
            data-testid="review-next"
          >
            {t("review.next")} <kbd>N</kbd>
          </Button>
        </div>
      )}
    </div>
  );
}

export function LookList({ item }: { item: ItemView }) {
  if (item.looks.length === 0) return null;
  return (
    <ul class="rv-looks" role="list" aria-label={t("review.looks")}>
      {item.looks.map((look, index) => (
        <li key={index} data-testid="review-look" data-verdict={look.verdict}>
          <strong>{look.name}</strong>: {t(`review.${look.verdict}`)}
          {look.note && <span dir="auto">. {look.note}</span>}{" "}
          <span class="muted small">({lasted(look.seconds)})</span>
        </li>
      ))}
    </ul>
  );
}
