/**
 * Which parts of the help a person reads first: those of the own roles, in the order of the roles; then
 * what is for everybody; then the rest. Pure.
 */
export const PARTS = ["student", "teacher", "office", "proctor", "commission", "observer", "admin"] as const;
export type Part = (typeof PARTS)[number] | "everybody";

const OF_ROLE: Record<string, Part> = {
  student: "student",
  guest: "student",
  teacher: "teacher",
  curator: "office",
  dispatcher: "office",
  office_head: "office",
  dean: "office",
  proctor: "proctor",
  commission: "commission",
  commission_chair: "commission",
  secretary: "commission",
  observer: "observer",
  admin: "admin",
};

export function inOrder(roles: readonly string[]): { own: Part[]; others: Part[] } {
  const own = [...new Set(roles.flatMap(role => OF_ROLE[role] ?? []))];
  return { own, others: PARTS.filter(part => !own.includes(part)) };
}
