/**
 * For the diagnostics of support: how the link of the class went, by name and state, and its figures now.
 * What people said or wrote is never among it.
 */
import { effect } from "@preact/signals";
import type { Section } from "../support/diagnostics";
import { noteStep } from "../support/trouble";
import type { Room } from "./room";

/** Note the steps of a visit until the returned function is called. */
export function noteSteps(room: Room): () => void {
  const { socket, media, local } = room;
  const ends = [
    effect(() => noteStep(`class socket: ${socket.state.value} ${socket.bye.value}`)),
    effect(() => noteStep(`class media: ${media.state.value}`)),
    effect(() => noteStep(`class link: ${media.word.value}`)),
    effect(() => noteStep(`camera: ${local.cam.state.value}`)),
    effect(() => noteStep(`microphone: ${local.mic.state.value}`)),
    effect(() => noteStep(`screen: ${local.screen.state.value}`)),
    socket.listen(message => {
      if (message.type === "event") noteStep(`event ${message.n}: ${message.kind}`);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The figures of the link now. */
export function linkFacts(room: Room): Section[] {
  const { rtt, lossIn, lossOut, kbpsIn, kbpsOut, tcp, relayed, cpuLimited } = room.media.quality.value;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [
    {
      name: "support.class",
      lines: [
        `word: ${room.media.word.value}, media: ${room.media.state.value}, socket: ${room.socket.state.value}`,
        `delay: ${Number.isNaN(rtt) ? "?" : Math.round(rtt)} ms, lost in: ${percent(lossIn)}, lost out: ${percent(lossOut)}`,
        `in: ${Math.round(kbpsIn)} kbit/s, out: ${Math.round(kbpsOut)} kbit/s`,
        `tcp: ${tcp}, relayed: ${relayed}, processor at its limit: ${cpuLimited}`,
        `last event: ${room.socket.lastSeen}`,
      ],
    },
  ];
}
