/**
 * What a screen reader hears without moving: who came and went (in batches), new chat lines, hands, the
 * floor, questions and polls, and that the link is back.
 */
import { effect, untracked } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { Announcer, type Batch } from "./announce";
import { useDesk } from "./context";
import { talkAloud } from "./talk/aloud";

const MOST_READ = 140; // characters of a line that are read out

export function words({ joined, left }: Batch): string {
  const came =
    joined.length === 1
      ? t("class.joined_one", { name: joined[0] ?? "" })
      : joined.length > 1
        ? t("class.joined", { count: joined.length })
        : "";
  const went =
    left.length === 1
      ? t("class.left_one", { name: left[0] ?? "" })
      : left.length > 1
        ? t("class.left", { count: left.length })
        : "";
  return [came, went].filter(Boolean).join(". ");
}

/** The same words a second time are read out only if the text changed: an unseen space tells them apart. */
export function heard(next: string, before: string): string {
  return next !== "" && next === before ? `${next}\u00a0` : next;
}

export function Aloud() {
  const { room } = useDesk();
  const [said, setWords] = useState("");
  useEffect(() => {
    const setSaid = (next: string): void => setWords(before => heard(next, before));
    const announcer = new Announcer(batch => setSaid(words(batch)));
    const comings = effect(() => {
      const coming = room.state.coming.value;
      if (coming) announcer.add(coming);
    });
    let last = room.state.lines.peek().at(-1)?.n ?? 0;
    const lines = effect(() => {
      const line = room.state.lines.value.at(-1);
      if (!line || line.n <= last) return;
      last = line.n;
      const others = untracked(() => line.person !== room.state.you.value);
      if (others) setSaid(`${line.name}: ${line.text.slice(0, MOST_READ)}`);
    });
    const talk = talkAloud(room, setSaid);
    let away = false;
    const link = effect(() => {
      const state = room.socket.state.value;
      if (away && state === "open") setSaid(t("class.back"));
      away = state === "reconnecting";
    });
    return () => {
      announcer.stop();
      comings();
      lines();
      talk.stop();
      link();
    };
  }, [room]);
  return (
    <div class="hidden-text" role="status" aria-live="polite" data-testid="announcements">
      {said}
    </div>
  );
}
