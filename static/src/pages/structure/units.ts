/**
 * The four kinds of units, described once: where the API keeps them, what their parent is, which fields
 * a form shows. Pages draw themselves from this.
 */
import type { DepartmentView, DisciplineView, FacultyView, GroupView } from "../../api/types";

export type UnitKind = "faculty" | "department" | "group" | "discipline";
export type AnyUnit = FacultyView & Partial<DepartmentView> & Partial<GroupView> & Partial<DisciplineView>;

export interface Shape {
  path: string;
  parent?: "faculty" | "department";
  language: boolean;
  hours: boolean;
  contact?: boolean;
}

export const UNITS: Record<UnitKind, Shape> = {
  faculty: { path: "/faculties", language: false, hours: false },
  department: { path: "/departments", parent: "faculty", language: false, hours: false, contact: true },
  group: { path: "/groups", parent: "department", language: true, hours: false },
  discipline: { path: "/disciplines", parent: "department", language: true, hours: true },
};

export const KINDS: readonly UnitKind[] = ["faculty", "department", "group", "discipline"];

export interface Draft {
  name: string;
  parent: string;
  language: string;
  hours: string;
  contact_hours: string;
  mooc: boolean;
  contact: string;
}

export function draftOf(kind: UnitKind, unit?: AnyUnit): Draft {
  const parent = UNITS[kind].parent;
  return {
    name: unit?.name ?? "",
    parent: (parent && unit?.[parent]) || "",
    language: unit?.language ?? "ky",
    hours: String(unit?.hours ?? 0),
    contact_hours: String(unit?.contact_hours ?? 0),
    mooc: unit?.mooc ?? false,
    contact: unit?.contact ?? "",
  };
}

/** The body of a POST (`fresh`) or a PATCH: only fields that the kind has; the parent never changes. */
export function bodyOf(kind: UnitKind, draft: Draft, fresh: boolean): Record<string, unknown> {
  const { parent, language, hours, contact } = UNITS[kind];
  return {
    name: draft.name.trim(),
    ...(fresh && parent && { [parent]: draft.parent }),
    ...(contact && { contact: draft.contact.trim() }),
    ...(language && { language: draft.language }),
    ...(hours && {
      hours: Number(draft.hours) || 0,
      contact_hours: Number(draft.contact_hours) || 0,
      mooc: draft.mooc,
    }),
  };
}

export function isComplete(kind: UnitKind, draft: Draft): boolean {
  return draft.name.trim() !== "" && (!UNITS[kind].parent || draft.parent !== "");
}
