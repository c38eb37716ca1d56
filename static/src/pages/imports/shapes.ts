/** What the server says of imports, as server/imports/shapes.py has it. */
export const KINDS = ["groups", "users", "disciplines", "enrolments", "timetable", "holidays"] as const;
export type Kind = (typeof KINDS)[number];

export interface FieldInfo {
  name: string;
  required: boolean;
}

export interface Problem {
  row: number;
  column: string;
  code: string;
  value: string;
  message: string;
}

export interface Report {
  rows: number;
  new: number;
  changed: number;
  unchanged: number;
  errors: number;
  warnings: number;
  problems: Problem[];
  notes: Problem[];
}

export interface Listed {
  id: string;
  kind: Kind;
  name: string;
  author: string;
  /** Seconds since 1970. */
  created: number;
  state: "uploaded" | "checked" | "running" | "done" | "stopped" | "failed" | "expired";
  done: number;
  total: number;
}

export interface Import extends Listed {
  message: string;
  mapping: Record<string, string>;
  preview: { headings: string[]; encoding: string; delimiter: string; rows: string[][] };
  report: Report | null;
  slips: { count: number; groups: { id: string; name: string; count: number }[] };
}

export interface Mapping {
  id: string;
  name: string;
  mapping: Record<string, string>;
}
