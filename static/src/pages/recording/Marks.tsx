/**
 * Hands, the floor, questions and polls of a recorded lesson: small marks above the bar to seek by, and a
 * list of what was asked with the answers and the results. A click goes to the moment.
 */
import { CircleQuestionMark, Hand, MicVocal, Vote } from "lucide-preact";
import { CountBars } from "../../class/talk/CountBars";
import { useSize } from "../../class/context";
import { elapsed } from "../../class/layout";
import { t } from "../../i18n";
import type { Icon } from "../../ui/Button";
import { Card } from "../../ui/Shell";
import type { Moment } from "./cast";
import type { Player } from "./player";
import "../../class/talk/ask.css";
import "./marks.css";

interface Props {
  player: Player;
  moments: readonly Moment[];
  names: ReadonlyMap<string, string>;
}

const PICTURES: Record<string, Icon> = {
  "hand.raised": Hand,
  "floor.given": MicVocal,
  "question.asked": CircleQuestionMark,
  "poll.opened": Vote,
};

/** Marks of one kind closer than this share of the bar are one. */
const LEAST = 0.01;

/** The moments that are drawn: of 300 hands at once one mark is enough. Pure. */
export function thinned(moments: readonly Moment[], length: number): Moment[] {
  const last = new Map<string, number>();
  return moments.filter(({ kind, at }) => {
    if (!(kind in PICTURES)) return false;
    const before = last.get(kind);
    if (before !== undefined && at - before < length * LEAST) return false;
    last.set(kind, at);
    return true;
  });
}

/** Rows over one another that marks may take. */
const ROWS = 3;
const SIDE = 26; // px of a mark, as in marks.css

/** In which row each mark is drawn so that none lies over another; those that find no place in any are left
 * out. `width`: px of the bar. Pure. */
export function rows(moments: readonly Moment[], length: number, width: number): [Moment, number][] {
  const ends = Array.from({ length: ROWS }, () => -SIDE);
  return moments.flatMap(moment => {
    const at = (Math.min(moment.at, length) / length) * width;
    const row = ends.findIndex(end => at - end >= SIDE);
    if (row < 0) return [];
    ends[row] = at;
    return [[moment, row]];
  });
}

function words({ kind, person, data }: Moment, names: ReadonlyMap<string, string>): string {
  const name = names.get(kind === "floor.given" ? String(data["person"]) : person) ?? "";
  const text = String(data["text"] ?? data["question"] ?? "");
  switch (kind) {
    case "hand.raised":
      return t("talk.mark.hand", { name });
    case "floor.given":
      return t("talk.mark.floor", { name });
    case "question.asked":
      return t("talk.mark.question", { name, text });
    default:
      return t("talk.mark.poll", { text });
  }
}

export function MomentMarks({ player, moments, names }: Props) {
  const length = Math.max(1, player.length.value);
  const [box, { width }] = useSize<HTMLDivElement>();
  const thin = thinned(moments, length);
  if (thin.length === 0) return null;
  const marks = width > 0 ? rows(thin, length, width) : [];
  const deepest = Math.max(0, ...marks.map(([, row]) => row));
  return (
    <div
      ref={box}
      class="seek-moments"
      style={{ "--rows": deepest + 1 }}
      role="group"
      aria-label={t("talk.marks")}
    >
      {marks.map(([moment, row], index) => {
        const Picture = PICTURES[moment.kind] ?? Hand;
        const label = `${elapsed(moment.at)} ${words(moment, names)}`;
        return (
          <button
            key={`${moment.at}.${index}`}
            type="button"
            class="seek-moment"
            style={{ left: `${(Math.min(moment.at, length) / length) * 100}%`, "--row": row }}
            title={label}
            aria-label={label}
            onClick={() => player.seek(moment.at)}
            data-testid="seek-moment"
            data-kind={moment.kind}
          >
            <Picture size={16} aria-hidden />
          </button>
        );
      })}
    </div>
  );
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function Asked({ player, moments, names }: Props) {
  const asked = moments.filter(({ kind }) => kind === "question.asked" || kind === "poll.opened");
  if (asked.length === 0) return null;
  const told = (kind: string, field: string, n: unknown): Moment | undefined =>
    moments.findLast(one => one.kind === kind && one.data[field] === n);
  return (
    <Card title={t("talk.card")} testid="playback-asked">
      <ol class="plain-list playback-asked" role="list">
        {asked.map((one, index) => {
          const answer = told("question.answered", "question", one.data["question"]);
          const results =
            one.kind === "poll.opened" ? told("poll.results", "poll", one.data["poll"]) : undefined;
          return (
            <li key={`${one.at}.${index}`}>
              <button
                type="button"
                class="playback-line"
                onClick={() => player.seek(one.at)}
                data-testid="playback-question"
              >
                <span class="muted small numbers">{elapsed(one.at)}</span>{" "}
                <span dir="auto">{words(one, names)}</span>
              </button>
              {one.kind === "question.asked" && answer && (
                <p class="question-answer small" dir="auto">
                  {String(answer.data["text"] || t("talk.answered_aloud"))}
                </p>
              )}
              {results && results.data["withheld"] !== true && (
                <CountBars
                  options={texts(one.data["options"])}
                  counts={numbers(results.data["counts"])}
                  votes={Number(results.data["votes"])}
                />
              )}
              {results && texts(results.data["texts"]).length > 0 && (
                <ul class="bars-texts small">
                  {texts(results.data["texts"]).map((text, at) => (
                    <li key={at} dir="auto">
                      {text}
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
