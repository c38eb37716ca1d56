/**
 * Captions under the stage, for whoever wants them; and for whoever writes them the field to do it. The
 * place has its height before a line arrives, so nothing jumps.
 */
import { Send, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { RequestFailed } from "../../media/socket";
import { Button, IconButton } from "../../ui/Button";
import { toast } from "../../ui/Toast";
import { useDesk } from "../context";
import { newId } from "../slides/hand";
import "./captions.css";

const MOST = 300;

export default function CaptionsLine() {
  const { room } = useDesk();
  const { captions } = room;
  const { on, size } = captions.choice.value;
  const lines = captions.lines.value;
  useEffect(() => {
    if (lines.length === 0) return;
    const timer = setInterval(() => captions.sweep(), 1000);
    return () => clearInterval(timer);
  }, [lines.length === 0]);
  return (
    <>
      {on && captions.used.value && (
        <div
          class={`captions captions-${size}`}
          role="log"
          aria-live="polite"
          aria-label={t("captions.title")}
          data-testid="captions"
        >
          {lines.map(line => (
            <p key={line.n} dir="auto">
              {line.text}
            </p>
          ))}
        </div>
      )}
      {captions.writing.value && <Writer />}
    </>
  );
}

function Writer() {
  const { room } = useDesk();
  const { captions, state } = room;
  const [words, setWords] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const may = state.rights.value.open || captions.writers.value.has(state.you.value);
  useEffect(() => {
    if (!may) captions.writing.value = false;
  }, [may]);
  const send = async (): Promise<void> => {
    const text = words.trim();
    if (!text) return;
    setWords("");
    try {
      await room.socket.request("caption.say", { key: newId(), text });
    } catch (error) {
      setWords(now => (now ? now : text)); // nothing that was typed is lost
      if (error instanceof RequestFailed && !error.code.startsWith("link.")) toast(error.message, "fault");
    }
  };
  return (
    <form
      class="captions-writer"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <input
        ref={field}
        class="input"
        value={words}
        maxLength={MOST}
        placeholder={t("captions.write_hint")}
        aria-label={t("captions.write")}
        onInput={event => setWords(event.currentTarget.value)}
        autocomplete="off"
        data-testid="captions-field"
      />
      <Button type="submit" icon={Send} disabled={!words.trim()} data-testid="captions-send">
        {t("captions.send")}
      </Button>
      <IconButton
        icon={X}
        label={t("captions.write_stop")}
        onClick={() => (captions.writing.value = false)}
        data-testid="captions-stop"
      />
    </form>
  );
}
