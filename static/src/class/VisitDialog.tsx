/** The code of QR-visit in the class, large enough for a projector; a new one every ten seconds. */
import { useEffect, useState } from "preact/hooks";
import { get, post } from "../api/client";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Note } from "../ui/Note";
import { useDesk } from "./context";
import "./visit.css";

interface Code {
  url: string;
  svg: string;
  seconds: number;
  scanned: number;
  counted: number | null;
}

/** ms; the server says when the next code comes, this is for counting heads meanwhile. */
const LOOK = 3000;

export function VisitDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { room } = useDesk();
  const [code, setCode] = useState<Code>();
  const [error, setError] = useState<unknown>();
  const [heads, setHeads] = useState("");
  const keep = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const count = Number(heads);
      await post(`/lessons/${room.lesson}/attendance-count`, { count });
      setCode(old => old && { ...old, counted: count });
      setHeads("");
    } catch (thrown) {
      setError(thrown);
    }
  };
  useEffect(() => {
    if (!open) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async (): Promise<void> => {
      let pause = LOOK;
      try {
        const found = await get<Code>(`/lessons/${room.lesson}/visit`);
        if (over) return;
        setCode(found);
        setError(undefined);
        pause = Math.min(LOOK, found.seconds * 1000 + 50);
      } catch (thrown) {
        if (over) return;
        setError(thrown);
      }
      timer = setTimeout(() => void look(), pause);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [open]);
  return (
    <Dialog open={open} title={t("visit.menu")} onClose={onClose} testid="dialog-visit">
      <div class="visit-code">
        {error !== undefined && <Note tone="danger">{explain(error)}</Note>}
        {code && (
          <img
            src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`}
            alt={code.url}
            data-testid="visit-code"
            data-url={code.url}
          />
        )}
        <p>{t("visit.words")}</p>
        {code && (
          <p class="visit-count" role="status" data-testid="visit-count">
            {t("visit.count", { count: code.scanned })}
            {code.counted !== null && ` / ${t("sheet.counted", { count: code.counted })}`}
          </p>
        )}
        <form class="visit-heads" onSubmit={event => void keep(event)}>
          <Field
            label={t("visit.heads")}
            type="number"
            min={0}
            max={1000}
            value={heads}
            onValue={setHeads}
            data-testid="visit-heads"
          />
          <Button type="submit" disabled={!/^\d{1,4}$/.test(heads)} data-testid="visit-heads-save">
            {t("action.save")}
          </Button>
        </form>
      </div>
    </Dialog>
  );
}
