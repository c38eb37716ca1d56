/**
 * Listening to the opened student, where the rules allow sound. The student is told before anything is
 * heard, and as long as it lasts; it ends with the student's page, never by itself with another.
 */
import { Ear, EarOff } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { toast } from "../../ui/Toast";
import { listen } from "./api";
import type { Feed } from "./feed";
import type { Live } from "./live";
import type { Student } from "./types";

export function Listen({ feed, live, one }: { feed: Feed; live: Live; one: Student }) {
  const [on, setOn] = useState(false);
  const doing = useDoing();
  const { exam } = feed;
  const { person } = one;
  const heard = useRef("");
  const stop = (): void => {
    if (!heard.current) return;
    void listen(exam, heard.current, false).catch(() => undefined);
    heard.current = "";
    setOn(false);
  };
  useEffect(() => {
    const gone = (): void => stop();
    addEventListener("pagehide", gone);
    return () => {
      removeEventListener("pagehide", gone);
      stop();
    };
  }, [person]);
  const turn = (): void =>
    void doing.run(async () => {
      try {
        await listen(exam, person, !on);
        heard.current = on ? "" : person;
        setOn(!on);
      } catch (error) {
        toast(explain(error), "fault");
      }
    });
  const slot = on ? live.voiceOf(person) : null;
  const track = slot?.track.value ?? null;
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    // A click has begun this; where a browser refuses all the same, the button says that nothing is heard.
    if (track) element.play().catch(() => undefined);
  }, [track]);
  return (
    <div class="row pw-listen">
      <Button
        look={on ? "primary" : "plain"}
        icon={on ? EarOff : Ear}
        aria-pressed={on}
        busy={doing.busy}
        onClick={turn}
        data-testid="wall-listen"
        data-heard={track !== null}
      >
        {t(on ? "wall.listen_stop" : "wall.listen")}
      </Button>
      <span class="muted small" role="status">
        {on ? t(track ? "wall.listening" : "wall.listen_silent") : t("wall.listen_words")}
      </span>
      <audio ref={audio} />
    </div>
  );
}
