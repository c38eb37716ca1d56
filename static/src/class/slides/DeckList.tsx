/**
 * The files of slides of a lesson: for the teacher upload with progress, showing, leave to download and
 * removal; for the others what may be taken along. In the class and on the lesson's page.
 */
import { Download, FileUp, Presentation, Trash2 } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, patch, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { maybe, t } from "../../i18n";
import { Button, ButtonLink, IconButton } from "../../ui/Button";
import { Check } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { fileUrl, readDeck, type Deck } from "./deck";
import { ACCEPT, send } from "./upload";
import "./slides.css";

const LOOK_EVERY = 800; // ms while pages are being drawn

interface DeckListProps {
  lesson: string;
  /** Whether this person uploads and shows. */
  owns: boolean;
  /** Given where a deck can be put on the stage now. */
  onShow?: ((deck: Deck) => void) | undefined;
}

export default function DeckList({ lesson, owns, onShow }: DeckListProps) {
  const [decks, setDecks] = useState<readonly Deck[] | null>(null);
  const [limit, setLimit] = useState(0);
  const [office, setOffice] = useState(false);
  const [fault, setFault] = useState("");
  const path = `/lessons/${encodeURIComponent(lesson)}/slides`;
  const load = async (): Promise<void> => {
    try {
      const answer = await get<{ items: unknown[]; office: boolean; limit: number }>(path);
      setDecks(answer.items.flatMap(one => readDeck(one) ?? []));
      setLimit(answer.limit);
      setOffice(answer.office);
    } catch (error) {
      setFault(explain(error));
    }
  };
  const busy = decks?.some(deck => deck.state === "waiting") ?? false;
  useEffect(() => void load(), [lesson]);
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(() => void load(), LOOK_EVERY);
    return () => clearInterval(timer);
  }, [busy]);
  const change = async (what: () => Promise<unknown>): Promise<void> => {
    setFault("");
    try {
      await what();
    } catch (error) {
      setFault(explain(error));
    }
    await load();
  };
  if (!owns && decks?.length === 0) return <p class="muted">{t("slides.none")}</p>;
  return (
    <div class="stack decks" data-testid="decks">
      {fault && (
        <Note tone="danger" testid="decks-fault">
          {fault}
        </Note>
      )}
      {decks && decks.length > 0 && (
        <ul class="plain-list" role="list">
          {decks.map(deck => (
            <li key={deck.id} class="deck" data-testid="deck" data-deck={deck.id} data-state={deck.state}>
              <div class="deck-head">
                <strong class="grow deck-name" dir="auto">
                  {deck.name}
                </strong>
                <Standing deck={deck} />
              </div>
              <div class="row">
                {onShow && deck.done > 0 && deck.state !== "failed" && (
                  <Button
                    look="primary"
                    icon={Presentation}
                    onClick={() => onShow(deck)}
                    data-testid="deck-show"
                  >
                    {t("slides.show")}
                  </Button>
                )}
                {deck.state !== "failed" && (owns || deck.download) && (
                  <ButtonLink
                    icon={Download}
                    href={fileUrl(lesson, deck.id)}
                    download
                    data-testid="deck-download"
                  >
                    {t("slides.download")}
                  </ButtonLink>
                )}
                {owns && !deck.shown && (
                  <IconButton
                    icon={Trash2}
                    label={t("slides.remove", { name: deck.name })}
                    onClick={() => void change(() => remove(`${path}/${deck.id}`))}
                    data-testid="deck-remove"
                  />
                )}
              </div>
              {owns && deck.state !== "failed" && (
                <Check
                  label={t("slides.allow")}
                  checked={deck.download}
                  onValue={download => void change(() => patch(`${path}/${deck.id}`, { download }))}
                  data-testid="deck-allow"
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {owns && (
        <Upload lesson={lesson} limit={limit} office={office} onFault={setFault} onSent={() => void load()} />
      )}
    </div>
  );
}

function Standing({ deck }: { deck: Deck }) {
  if (deck.state === "failed") {
    return (
      <span class="deck-failed" data-testid="deck-problem">
        {maybe(`slides.problem.${deck.problem.replace(/^slides\./, "")}`) ?? t("slides.problem.broken")}
      </span>
    );
  }
  if (deck.state === "ready") return <span class="muted">{t("slides.pages", { count: deck.pages })}</span>;
  return (
    <span class="deck-progress">
      <progress max={Math.max(1, deck.pages)} value={deck.done} aria-label={t("slides.drawing_pages")} />
      <span class="numbers muted" data-testid="deck-progress">
        {deck.pages > 0 ? t("slides.number", { page: deck.done, pages: deck.pages }) : t("slides.waiting")}
      </span>
    </span>
  );
}

interface UploadProps {
  lesson: string;
  limit: number;
  office: boolean;
  onFault: (words: string) => void;
  onSent: () => void;
}

function Upload({ lesson, limit, office, onFault, onSent }: UploadProps) {
  const [share, setShare] = useState<number | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    onFault("");
    if (limit > 0 && file.size > limit) {
      onFault(t("slides.too_large", { size: Math.floor(limit / 1_048_576) }));
      return;
    }
    setShare(0);
    try {
      await send(lesson, file, setShare);
      onSent();
    } catch (error) {
      onFault(explain(error));
    }
    setShare(null);
    if (field.current) field.current.value = "";
  };
  return (
    <div
      class="deck-upload"
      onDragOver={event => event.preventDefault()}
      onDrop={event => {
        event.preventDefault();
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <input
        ref={field}
        type="file"
        class="hidden-text"
        accept={ACCEPT}
        tabIndex={-1}
        aria-label={t("slides.upload")}
        onChange={event => void take(event.currentTarget.files?.[0])}
        data-testid="slides-file"
      />
      <Button
        icon={FileUp}
        busy={share !== null}
        onClick={() => field.current?.click()}
        data-testid="slides-upload"
      >
        {t("slides.upload")}
      </Button>
      {share === null ? (
        <p class="muted small">{t(office ? "slides.hint_office" : "slides.hint")}</p>
      ) : (
        <span class="deck-progress">
          <progress max={1} value={share} aria-label={t("slides.sending")} data-testid="slides-sending" />
          <span class="numbers muted">{Math.round(share * 100)} %</span>
        </span>
      )}
    </div>
  );
}
