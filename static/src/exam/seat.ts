/** A seat in a computer class as a sentence: what, where, when, with whom. Pure. */
import { t } from "../i18n";
import { dayAndTime } from "../i18n/dates";

export interface Seat {
  room: string;
  seat: string;
  in_room: string;
  starts: string;
}

export function seatWords({ room, seat, in_room: inRoom, starts }: Seat): string {
  const where = [
    room && t("exam.seat.room", { room }),
    seat && t("exam.seat.number", { seat }),
    dayAndTime(starts),
    inRoom && t("exam.seat.with", { name: inRoom }),
  ];
  return `${t("exam.seat.class")}: ${where.filter(Boolean).join(", ")}.`;
}
