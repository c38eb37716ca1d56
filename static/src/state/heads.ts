/**
 * The signed head of the trace that this browser keeps. At each log-in of somebody who may, the kept one
 * is shown to the server by its number alone, and the server says which hash that entry has: a trace that
 * was cut or written anew cannot give the hash that was kept. While they differ the old one is kept.
 */
import { signal } from "@preact/signals";
import { ApiError, get } from "../api/client";

const MEMORY = "sabak.trace.head";

export interface Head {
  seq: number;
  hash: string;
  /** The public key that signed it. */
  key: string;
}

interface Answer {
  seq: number;
  hash: string;
  checkpoint: { key: string } | null;
}

export interface Alarm {
  kept: Head;
  what: "cut" | "changed";
  otherKey: boolean;
}

export const alarm = signal<Alarm | null>(null);

/** What was kept, or null. Pure. */
export function read(text: string | null): Head | null {
  try {
    const found = JSON.parse(text ?? "") as Partial<Head> | null;
    const { seq, hash, key } = found ?? {};
    if (Number.isSafeInteger(seq) && /^[0-9a-f]{64}$/.test(hash ?? "") && typeof key === "string") {
      return { seq: seq as number, hash: hash as string, key };
    }
  } catch {
    // Nothing was kept, or something else.
  }
  return null;
}

/** Compare the kept head with the hash that the server gives; undefined where it has no such entry. Pure. */
export function judge(kept: Head, hash: string | undefined): Alarm["what"] | null {
  if (hash === undefined) return "cut";
  return hash === kept.hash ? null : "changed";
}

function keep(found: Answer): void {
  const head: Head = { seq: found.seq, hash: found.hash, key: found.checkpoint?.key ?? "" };
  try {
    localStorage.setItem(MEMORY, JSON.stringify(head));
  } catch {
    // Private windows may have no storage: others keep it.
  }
}

async function hashOf(seq: number): Promise<string | undefined> {
  try {
    return (await get<Answer>("/trace/head", { seq })).hash;
  } catch (error) {
    if (error instanceof ApiError && error.code === "trace.no_entry") return undefined;
    throw error;
  }
}

/** Compare, and keep the newest where all is well. A network that fails is no alarm. */
export async function compareHead(): Promise<void> {
  let kept: Head | null = null;
  try {
    kept = read(localStorage.getItem(MEMORY));
  } catch {
    // No storage.
  }
  try {
    const what = kept && judge(kept, await hashOf(kept.seq));
    const newest = await get<Answer>("/trace/head");
    if (kept && what) {
      alarm.value = { kept, what, otherKey: newest.checkpoint?.key !== kept.key };
      return;
    }
    alarm.value = null;
    keep(newest);
  } catch {
    // Asked again at the next log-in.
  }
}

/** Take the server's head from now on: somebody knows why the kept one is not there. */
export async function keepNewest(): Promise<void> {
  keep(await get<Answer>("/trace/head"));
  alarm.value = null;
}
