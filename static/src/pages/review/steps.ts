/** The way of a case as steps: which is done, which is now, which comes later or is not needed. Pure. */
import type { CaseView } from "./types";

export type StepName = "looks" | "notice" | "statement" | "finding" | "signatures" | "measure" | "appeal";
export type Standing = "done" | "now" | "later" | "none";
export interface Step {
  name: StepName;
  standing: Standing;
}

type Facts = Pick<
  CaseView,
  "state" | "statement" | "finding" | "signatures" | "quorum" | "measure" | "appeal"
>;

/** States in which the student has been told already. */
const TOLD = ["notice", "heard", "found", "measured", "appealed", "closed"];

export function stepsOf(facts: Facts): Step[] {
  const { state, statement, finding, signatures, quorum, measure, appeal } = facts;
  if (state === "open") return [step("looks", "now"), ...rest("later")];
  if (state === "clean" || state === "late") return [step("looks", "done"), ...rest("none")];
  const told = TOLD.includes(state);
  const signed = finding !== null && signatures.length >= quorum;
  const none = signed && finding.finding === "none";
  const closed = state === "closed";
  const after = closed || appeal !== null;
  return [
    step("looks", "done"),
    step("notice", told ? "done" : "now"),
    step("statement", statement ? "done" : state === "notice" ? "now" : told ? "none" : "later"),
    step("finding", finding ? "done" : state === "heard" ? "now" : "later"),
    step("signatures", signed ? "done" : finding ? "now" : "later"),
    step("measure", measure ? "done" : none || after ? "none" : signed ? "now" : "later"),
    step(
      "appeal",
      appeal?.decided ? "done" : appeal ? "now" : none || closed ? "none" : signed ? "now" : "later",
    ),
  ];
}

const step = (name: StepName, standing: Standing): Step => ({ name, standing });
const rest = (standing: Standing): Step[] =>
  (["notice", "statement", "finding", "signatures", "measure", "appeal"] as const).map(name =>
    step(name, standing),
  );
