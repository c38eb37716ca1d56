/**
 * What is missing before an exam can be held, and the small arithmetic of its settings. Pure: what the
 * server told flows in, rows for the list flow out. It only tells; nothing is refused here.
 */
import type { ExamView, Question } from "../../exam/types";
import type { Proctor } from "../wall/types";
import type { Candidate, Settings } from "./api";

export interface Row {
  id: "rules" | "content" | "time" | "students" | "proctors" | "equipment" | "seats";
  good: boolean;
  vars: Record<string, number>;
}

/** Equipment with which nobody can sit an exam at home. */
const USELESS = new Set(["bad", "phone"]);

export function needsSeat(one: Pick<Candidate, "equipment" | "place" | "asked">): boolean {
  return (one.asked !== "" || USELESS.has(one.equipment)) && one.place !== "class";
}

export function readiness(
  exam: Pick<
    ExamView,
    "rules" | "content" | "address" | "pages" | "questions" | "minutes" | "starts" | "ends"
  >,
  candidates: readonly Candidate[],
  proctors: readonly Proctor[],
): Row[] {
  const length = Math.floor((Date.parse(exam.ends) - Date.parse(exam.starts)) / 60_000);
  const content = exam.content === "page" ? exam.address !== "" : exam.pages > 0 || exam.questions.length > 0;
  const atHome = candidates.filter(one => one.place !== "class");
  const unchecked = atHome.filter(one => !one.equipment).length;
  const seats = candidates.filter(needsSeat).length;
  return [
    { id: "rules", good: exam.rules?.state === "approved", vars: {} },
    { id: "content", good: content, vars: { pages: exam.pages, questions: exam.questions.length } },
    { id: "time", good: exam.minutes <= length, vars: { minutes: exam.minutes, length } },
    { id: "students", good: candidates.length > 0, vars: { count: candidates.length } },
    { id: "proctors", good: proctors.length > 0, vars: { count: proctors.length } },
    { id: "equipment", good: unchecked === 0, vars: { count: unchecked, of: candidates.length } },
    { id: "seats", good: seats === 0, vars: { count: seats } },
  ];
}

export function settingsOf(exam: ExamView): Settings {
  const { minutes, entry, content, address, own_tab, questions, identity, aids } = exam;
  return {
    minutes,
    entry,
    content,
    address,
    own_tab,
    questions,
    rules: exam.rules?.id ?? "",
    identity,
    aids,
  };
}

/** A number for a new question that no other has. */
export function newId(questions: readonly Question[]): string {
  const taken = new Set(questions.map(one => one.id));
  let n = questions.length + 1;
  while (taken.has(String(n))) n += 1;
  return String(n);
}

/** The list with one question moved up or down; as it was where there is no place to go. */
export function moved<T>(list: readonly T[], index: number, by: number): T[] {
  const to = index + by;
  const next = [...list];
  const one = next[index];
  if (one === undefined || to < 0 || to >= list.length) return next;
  next.splice(index, 1);
  next.splice(to, 0, one);
  return next;
}

/** One thing a line, without empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map(line => line.trim())
    .filter(Boolean);
}

/** What is wrong with a question, as a key of the words; empty where nothing is. */
export function problemOf(question: Question): "" | "text" | "options" {
  if (!question.text.trim()) return "text";
  const choice = question.kind === "choice" || question.kind === "several";
  return choice && question.options.filter(one => one.trim()).length < 2 ? "options" : "";
}
