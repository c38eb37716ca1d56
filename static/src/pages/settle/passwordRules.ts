/**
 * What a new password must be, shown while it is typed. Only a help: the server holds the rules and
 * judges the password again. Texts flow in, a list of rules with a verdict flows out.
 */
export type Rule = "length" | "letters" | "login" | "differs" | "repeat";

export interface Verdict {
  rule: Rule;
  good: boolean;
}

export interface Typed {
  login: string;
  old: string;
  next: string;
  repeat: string;
}

/** The server's own default (`password_minimum`); its answer corrects us where a house asks for more. */
export const LEAST_LENGTH = 10;

export function judge({ login, old, next, repeat }: Typed, least = LEAST_LENGTH): Verdict[] {
  const lower = next.toLocaleLowerCase();
  return [
    { rule: "length", good: [...next].length >= least },
    { rule: "letters", good: new Set(lower).size >= 4 },
    { rule: "login", good: next !== "" && (login === "" || !lower.includes(login.toLocaleLowerCase())) },
    { rule: "differs", good: next !== "" && next !== old },
    { rule: "repeat", good: next !== "" && next === repeat },
  ];
}
