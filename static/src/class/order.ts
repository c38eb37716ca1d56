/**
 * How the class is run, as this page knows it: rules, the lobby, groups, questions. The server's news
 * flow in whole, signals flow out; nothing is folded here, so a page that comes back shows the same.
 */
import { signal } from "@preact/signals";
import {
  NO_GROUPS,
  NO_LOBBY,
  NO_ORDERS,
  type Asked,
  type Groups,
  type Lobby,
  type Moderation,
  type OrderMessage,
} from "../media/order";

/** A word of the teacher to everybody, in whichever group they are. */
export interface Told {
  n: number;
  name: string;
  text: string;
}

export class Order {
  readonly moderation = signal<Moderation>(NO_ORDERS);
  readonly lobby = signal<Lobby>(NO_LOBBY);
  readonly groups = signal<Groups>(NO_GROUPS);
  readonly asked = signal<Asked | null>(null);
  readonly told = signal<Told | null>(null);
  /** Counts the times you were muted: each switches the microphone off once. */
  readonly mutes = signal(0);

  apply(message: OrderMessage): void {
    switch (message.type) {
      case "moderation":
        if (message.moderation.muted && !this.moderation.value.muted) this.mutes.value += 1;
        this.moderation.value = message.moderation;
        break;
      case "lobby":
        this.lobby.value = message.lobby;
        break;
      case "groups":
        this.groups.value = message.groups;
        if (!message.groups.open) this.told.value = null;
        break;
      case "asked":
        this.asked.value = message.asked;
    }
  }

  /** A mute that happens now; the news of it may be one with the news of the last. */
  muted(): void {
    this.mutes.value += 1;
    this.moderation.value = { ...this.moderation.value, muted: true };
  }

  /** A welcome is the whole present; what still holds is told behind it. */
  begin(): void {
    this.moderation.value = NO_ORDERS;
    this.lobby.value = NO_LOBBY;
    this.groups.value = NO_GROUPS;
    this.asked.value = null;
  }
}

/** Ids of the groups somebody is in or visits; none: the main room. */
export function placesOf(groups: Groups, person: string): string[] {
  if (!groups.open) return [];
  const visited = groups.groups.filter(group => group.visitors.includes(person));
  if (visited.length > 0) return visited.map(group => group.id);
  return groups.groups.filter(group => group.people.includes(person)).map(group => group.id);
}

/** Whether two people hear one another. */
export function meet(groups: Groups, one: string, other: string): boolean {
  if (!groups.open) return true;
  const here = placesOf(groups, one);
  const there = placesOf(groups, other);
  if (here.length === 0 || there.length === 0) return here.length === there.length;
  return here.some(id => there.includes(id));
}
