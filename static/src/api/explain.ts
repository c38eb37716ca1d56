/**
 * An error as words for a person. A thrown value flows in; one or two short sentences in the current
 * language flow out: the client's own words for codes it knows, else the server's message.
 */
import { maybe, t, type Vars } from "../i18n";
import { ApiError } from "./client";

function vars(details: Readonly<Record<string, unknown>>): Vars {
  const kept: Vars = {};
  for (const [key, value] of Object.entries(details)) {
    if (typeof value === "string" || typeof value === "number") kept[key] = value;
  }
  return kept;
}

export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    const own = maybe(`error.${error.code}`, vars(error.details));
    if (own) return own;
    if (error.message && error.message !== error.code) return error.message;
    if (error.status >= 500) return t("error.server");
  }
  return t("error.unknown");
}
