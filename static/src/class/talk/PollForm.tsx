/** Making a poll: the question, how it is answered, the options, who sees what. */
import { Plus, X } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Check, Field, Select } from "../../ui/Field";
import { useDesk } from "../context";
import { ask, newKey } from "./actions";
import type { Answers } from "./state";

const MOST = 12;
const ANSWERS: readonly Answers[] = ["single", "multiple", "open"];

export function PollForm({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { room } = useDesk();
  const [question, setQuestion] = useState("");
  const [answers, setAnswers] = useState<Answers>("single");
  const [options, setOptions] = useState<readonly string[]>(["", ""]);
  const [anonymous, setAnonymous] = useState(true);
  const [live, setLive] = useState(false);
  const [busy, setBusy] = useState(false);
  const [key, setKey] = useState(newKey);
  useEffect(() => {
    if (open) return;
    setQuestion("");
    setOptions(["", ""]);
    setKey(newKey());
  }, [open]);
  const filled = options.map(option => option.trim()).filter(Boolean);
  const good = question.trim() !== "" && (answers === "open" || new Set(filled).size >= 2);
  const send = async (): Promise<void> => {
    if (!good || busy) return;
    setBusy(true);
    const chosen = answers === "open" ? [] : filled;
    const done = await ask(room, "poll.open", { key, question, answers, options: chosen, anonymous, live });
    setBusy(false);
    if (done) onClose();
  };
  const change = (index: number, value: string): void =>
    setOptions(options.map((option, at) => (at === index ? value : option)));
  return (
    <Dialog
      open={open}
      title={t("talk.poll_new")}
      onClose={onClose}
      onSubmit={() => void send()}
      testid="poll-form"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" busy={busy} disabled={!good} data-testid="poll-start">
            {t("talk.poll_start")}
          </Button>
        </>
      }
    >
      <div class="stack">
        <Field
          label={t("talk.poll_question")}
          value={question}
          onValue={setQuestion}
          maxLength={500}
          autofocus
          data-testid="poll-question"
        />
        <Select
          label={t("talk.poll_kind")}
          value={answers}
          onValue={value => setAnswers(value as Answers)}
          options={ANSWERS.map(value => ({ value, label: t(`talk.kind_${value}`) }))}
          data-testid="poll-kind"
        />
        {answers !== "open" && (
          <div class="stack poll-options">
            {options.map((option, index) => (
              <div key={index} class="poll-option-row">
                <Field
                  bare
                  label={t("talk.option", { number: index + 1 })}
                  placeholder={t("talk.option", { number: index + 1 })}
                  value={option}
                  maxLength={200}
                  onValue={value => change(index, value)}
                  data-testid="poll-option-text"
                />
                {options.length > 2 && (
                  <IconButton
                    icon={X}
                    label={t("talk.option_remove", { number: index + 1 })}
                    onClick={() => setOptions(options.filter((_, at) => at !== index))}
                  />
                )}
              </div>
            ))}
            {options.length < MOST && (
              <Button
                look="quiet"
                icon={Plus}
                onClick={() => setOptions([...options, ""])}
                data-testid="poll-option-add"
              >
                {t("talk.option_add")}
              </Button>
            )}
          </div>
        )}
        <Check
          label={t("talk.poll_anonymous")}
          checked={anonymous}
          onValue={setAnonymous}
          data-testid="poll-anonymous"
        />
        <p class="small muted">{t(anonymous ? "talk.anonymous_lead" : "talk.named_lead")}</p>
        <Check label={t("talk.poll_live")} checked={live} onValue={setLive} data-testid="poll-live" />
      </div>
    </Dialog>
  );
}
