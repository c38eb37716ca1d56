/**
 * Tell support what does not work: some words of the person, and what the device says about itself, shown
 * in full before it is sent. The person can leave it out.
 */
import { ChevronRight, Send } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { post } from "../api/client";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Check, TextArea } from "../ui/Field";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { toast } from "../ui/Toast";
import { FactsList } from "./FactsList";
import { collect, type More, type Section } from "./diagnostics";
import { scrub } from "./trouble";
import "./support.css";

export type SupportPlace = "class" | "prejoin" | "exam" | "page";

interface Props {
  place: SupportPlace;
  more?: More | undefined;
  onClose: () => void;
}

export default function SupportDialog({ place, more, onClose }: Props) {
  const [text, setText] = useState("");
  const [along, setAlong] = useState(true);
  const [sections, setSections] = useState<Section[]>([]);
  const doing = useDoing();
  useEffect(() => void collect(more).then(setSections), []);
  const facts = sections.map(({ name, lines }) => ({ name: t(name), lines }));
  const send = (): void => {
    if (text.trim().length < 3) return;
    void doing.run(async () => {
      const path = scrub(location.pathname);
      await post("/support", { text, place, path, diagnostics: along ? facts : [] });
      toast(t("support.sent"));
      onClose();
    });
  };
  return (
    <Dialog
      open
      title={t("support.open")}
      onClose={onClose}
      onSubmit={send}
      testid="support-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            look="primary"
            icon={Send}
            busy={doing.busy}
            disabled={text.trim().length < 3}
            data-testid="support-send"
          >
            {t("support.send")}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p class="muted">{t("support.lead")}</p>
        <TextArea
          label={t("support.text")}
          hint={t("support.text_hint")}
          value={text}
          onValue={setText}
          rows={4}
          maxLength={2000}
          data-testid="support-text"
        />
        <Check label={t("support.along")} checked={along} onValue={setAlong} data-testid="support-along" />
        {along && (
          <details class="support-shown" open data-testid="support-shown">
            <summary>
              <ChevronRight size={18} aria-hidden /> {t("support.shown")}
            </summary>
            <FactsList of={facts} label={t("support.shown")} />
          </details>
        )}
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      </div>
    </Dialog>
  );
}
