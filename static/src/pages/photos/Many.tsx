/**
 * Many photos at once: each file is called by its person's login or id. First it is shown whose each file is;
 * then they are sent one after the other, and each says what became of it.
 */
import { useEffect, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { LARGEST, nameFiles, putPhoto, type Named } from "./api";
import { refused } from "./Photos";

const MOST = 500;

export function Many({ files, onClose }: { files: readonly File[]; onClose: () => void }) {
  const [named, setNamed] = useState<Named[]>();
  const [became, setBecame] = useState<Record<string, string>>({});
  const [done, setDone] = useState(false);
  const asking = useDoing();
  const sending = useDoing();
  const taken = files.slice(0, MOST);
  useEffect(() => {
    void asking.run(async () => setNamed((await nameFiles(taken.map(file => file.name))).files));
  }, []);
  const known = (named ?? []).filter(one => one.person);
  const send = (): void =>
    void sending.run(async () => {
      for (const one of known) {
        const file = taken.find(each => each.name === one.file);
        if (!file) continue;
        let word = "ok";
        try {
          if (file.size > LARGEST) word = t("photo.problem.large");
          else await putPhoto(one.person, file);
        } catch (error) {
          word = refused(error);
        }
        setBecame(before => ({ ...before, [one.file]: word }));
      }
      setDone(true);
    });
  const good = Object.values(became).filter(word => word === "ok").length;
  return (
    <Dialog
      open
      wide
      title={t("photo.many_title", { count: files.length })}
      onClose={onClose}
      testid="photos-dialog"
      foot={
        <>
          <Button onClick={onClose} data-testid="photos-close">
            {done ? t("action.close") : t("action.cancel")}
          </Button>
          {!done && (
            <Button
              look="primary"
              busy={sending.busy}
              disabled={known.length === 0}
              onClick={send}
              data-testid="photos-send"
            >
              {t("photo.many_send", { count: known.length })}
            </Button>
          )}
        </>
      }
    >
      <p>{t("photo.many_words")}</p>
      {asking.error !== undefined && <Note tone="danger">{explain(asking.error)}</Note>}
      {done && (
        <Note tone={good === known.length ? "good" : "warn"} testid="photos-done">
          {t("photo.many_done", { count: good, of: files.length })}
        </Note>
      )}
      <ul role="list" class="plain-list">
        {(named ?? []).map(one => (
          <li key={one.file} class="row" data-testid="photos-named" data-file={one.file}>
            <span class="grow">
              <span class="mono small">{one.file}</span>
              <br />
              {one.person ? one.name : t("photo.nobody")}
              {one.registered && !became[one.file] && <span class="muted small"> {t("photo.replaces")}</span>}
            </span>
            <Word one={one} word={became[one.file] ?? ""} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Word({ one, word }: { one: Named; word: string }) {
  if (!one.person) return <Badge tone="warn">{t("photo.skipped")}</Badge>;
  if (!word) return null;
  return word === "ok" ? <Badge tone="good">{t("photo.taken")}</Badge> : <Badge tone="warn">{word}</Badge>;
}
