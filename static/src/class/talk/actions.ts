/**
 * What people do to talk, said to the server; a refusal is shown in its words. Nothing here changes what
 * the page shows: that comes back as an event, to everybody alike.
 */
import { t } from "../../i18n";
import { RequestFailed } from "../../media/socket";
import { toast } from "../../ui/Toast";
import type { Desk } from "../context";
import type { Room } from "../room";

/** Say it; false when it was refused or did not get through. */
export async function ask(room: Room, type: string, body: Record<string, unknown> = {}): Promise<boolean> {
  try {
    await room.socket.request(type, body);
    return true;
  } catch (error) {
    const known = error instanceof RequestFailed && !error.code.startsWith("link.");
    toast(known ? error.message : t("talk.link"), "fault");
    return false;
  }
}

/** Whether the person here raises a hand: who may write, and does not run the class. */
export function mayRaise(room: Room): boolean {
  const { chat, open } = room.state.rights.value;
  return chat && !open && room.state.phase.value === "open";
}

export async function toggleHand({ room, panel }: Desk): Promise<void> {
  if (room.state.rights.value.open) {
    panel.value = "people"; // who runs the class looks at the hands
    return;
  }
  if (!mayRaise(room)) return;
  const up = room.state.talk.raised.value.has(room.state.you.value);
  await ask(room, up ? "hand.lower" : "hand.raise");
}

/** A key for something that must not happen twice, however often it is sent. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
