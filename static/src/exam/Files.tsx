/**
 * Files of an answer and photos of paper: chosen or taken by the camera, sent with their progress, tried
 * again over a lost link while the page is open, and listed by what the server holds.
 */
import { Camera, Paperclip, RotateCw, Trash2, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { explain } from "../api/explain";
import { OwnVideo } from "../class/Face";
import { t } from "../i18n";
import { Button, IconButton } from "../ui/Button";
import { toast } from "../ui/Toast";
import { removeFile, sendFile } from "./api";
import { useExam } from "./context";
import { snap } from "./snap";
import type { KeptFile } from "./types";

export const LARGEST = 20 * 1024 * 1024;
const TYPES = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx,.zip,.txt";
const AGAIN = 4_000;

interface Sending {
  id: number;
  name: string;
  file: Blob;
  share: number;
  /** Words of a refusal; empty while it is on its way or waits for the link. */
  refused: string;
}

let next = 1;

export function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes < 1024 * 1024 ? 2 : 1);
}

export function Files({ question, files }: { question: string; files: readonly KeptFile[] }) {
  const { attempt } = useExam().room;
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const [paper, setPaper] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);

  const change = (id: number, part: Partial<Sending>): void => {
    if (alive.current) setSending(list => list.map(one => (one.id === id ? { ...one, ...part } : one)));
  };
  const drop = (id: number): void => {
    if (alive.current) setSending(list => list.filter(one => one.id !== id));
  };
  const run = async (one: Sending): Promise<void> => {
    for (;;) {
      try {
        change(one.id, { share: 0, refused: "" });
        await sendFile(attempt.exam, attempt.tab, question, one.file, one.name, share =>
          change(one.id, { share }),
        );
        drop(one.id);
        await attempt.look();
        return;
      } catch (error) {
        const lost = error instanceof ApiError && (error.status === 0 || error.status >= 500);
        if (!lost) return change(one.id, { refused: explain(error) });
        await new Promise(done => setTimeout(done, AGAIN));
        if (!alive.current) return;
      }
    }
  };
  const add = (file: Blob, name: string): void => {
    const one = { id: next++, name, file, share: 0, refused: "" };
    if (file.size > LARGEST) {
      // Said here at once: nobody waits for 40 MB to be refused.
      setSending(list => [
        ...list,
        { ...one, refused: t("exam.file_large", { size: megabytes(file.size) }) },
      ]);
      return;
    }
    setSending(list => [...list, one]);
    void run(one);
  };
  const remove = (file: KeptFile): void => {
    attempt
      .tell(() => removeFile(attempt.exam, attempt.tab, question, file.id))
      .catch((error: unknown) => toast(explain(error), "fault"));
  };
  return (
    <div class="stack-tight" data-testid="exam-files">
      {(files.length > 0 || sending.length > 0) && (
        <ul class="plain-list exam-files" role="list">
          {files.map(file => (
            <li key={file.id} data-testid="exam-file">
              <span class="grow" dir="auto">
                {file.name}{" "}
                <span class="small muted">{t("exam.file_size", { size: megabytes(file.bytes) })}</span>
              </span>
              <IconButton
                icon={Trash2}
                label={t("exam.file_remove", { name: file.name })}
                onClick={() => remove(file)}
              />
            </li>
          ))}
          {sending.map(one => (
            <li key={one.id} data-testid="exam-sending" data-refused={one.refused ? "true" : undefined}>
              <span class="grow" dir="auto">
                {one.name}
                {one.refused && (
                  <span class="field-error" role="alert">
                    {one.refused}
                  </span>
                )}
              </span>
              {one.refused ? (
                <>
                  {one.file.size <= LARGEST && (
                    <IconButton icon={RotateCw} label={t("action.retry")} onClick={() => void run(one)} />
                  )}
                  <IconButton icon={X} label={t("action.close")} onClick={() => drop(one.id)} />
                </>
              ) : (
                <progress value={one.share} max={1} aria-label={t("exam.file_sending", { name: one.name })} />
              )}
            </li>
          ))}
        </ul>
      )}
      {paper ? (
        <Paper
          onPhoto={photo => add(photo, `${t("exam.paper_name")} ${files.length + sending.length + 1}.jpg`)}
          onClose={() => setPaper(false)}
        />
      ) : (
        <div class="row">
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            accept={TYPES}
            onChange={event => {
              for (const file of event.currentTarget.files ?? []) add(file, file.name);
              event.currentTarget.value = "";
            }}
            data-testid="exam-file-input"
          />
          <Button look="quiet" icon={Paperclip} onClick={() => picker.current?.click()}>
            {t("exam.file_add")}
          </Button>
          <Button look="quiet" icon={Camera} onClick={() => setPaper(true)} data-testid="exam-paper">
            {t("exam.paper")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A sheet of paper held before the camera. */
function Paper({ onPhoto, onClose }: { onPhoto: (photo: Blob) => void; onClose: () => void }) {
  const track = useExam().room.local.cam.track.value;
  const take = (): void => {
    if (track)
      snap(track)
        .then(onPhoto)
        .catch((error: unknown) => toast(explain(error), "fault"));
  };
  return (
    <div class="stack-tight">
      <p class="small">{t("exam.paper_words")}</p>
      <div class="exam-look">{track && <OwnVideo track={track} mirrored={false} />}</div>
      <div class="row">
        <Button look="primary" icon={Camera} disabled={!track} onClick={take} data-testid="exam-paper-take">
          {t("exam.photo_take")}
        </Button>
        <Button onClick={onClose}>{t("action.close")}</Button>
      </div>
    </div>
  );
}
