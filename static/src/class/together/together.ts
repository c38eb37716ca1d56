/**
 * Devices that several people sit at: how many, and what their room is called. Events flow in, a map by
 * the person whose device it is flows out.
 */
import { signal } from "@preact/signals";
import { t } from "../../i18n";
import { text, type ServerMessage } from "../../media/wire";

export interface Gathered {
  name: string;
  /** With the person whose device it is. */
  count: number;
}

export class Together {
  readonly rooms = signal<ReadonlyMap<string, Gathered>>(new Map());
  /** The person said before joining that they are several: they are asked who once the class is open. */
  readonly wanted = signal(false);

  hear(message: ServerMessage): void {
    if (message.type !== "event") return;
    const { kind, actor, data } = message;
    if (kind === "together.set") {
      const rooms = new Map(this.rooms.value);
      const count = Number(data["count"]) || 0;
      if (count > 1) rooms.set(actor, { name: text(data["name"]), count });
      else rooms.delete(actor);
      this.rooms.value = rooms;
    } else if (kind === "session.closed") {
      this.rooms.value = new Map();
    }
  }

  /** A person's name as their tile shows it: with the room and how many sit there. */
  named(person: string, name: string): string {
    const room = this.rooms.value.get(person);
    return room ? t("together.named", { name, room: room.name, count: room.count }) : name;
  }
}
