/** Several people at one device: what the page knows of it, and how it names them. */
import { describe, expect, it } from "vitest";
import { Together } from "../../src/class/together/together";
import type { ServerMessage } from "../../src/media/wire";

function event(kind: string, actor: string, data: Record<string, unknown>): ServerMessage {
  return { type: "event", n: 1, time: "", kind, actor, data } as ServerMessage;
}

describe("rooms", () => {
  it("are known by the person whose device it is, until they are alone again or the class ends", () => {
    const together = new Together();
    together.hear(event("together.set", "a", { name: "12", count: 3 }));
    together.hear(event("together.set", "b", { name: "13", count: 2 }));
    expect(together.rooms.value.get("a")).toEqual({ name: "12", count: 3 });
    expect(together.named("c", "Nurai")).toBe("Nurai");
    expect(together.named("a", "Nurai")).not.toBe("Nurai");
    together.hear(event("together.set", "a", { name: "", count: 0 }));
    expect([...together.rooms.value.keys()]).toEqual(["b"]);
    together.hear(event("session.closed", "t", {}));
    expect(together.rooms.value.size).toBe(0);
  });

  it("are passed over where they make no sense", () => {
    const together = new Together();
    for (const count of [undefined, "many", 1, -3]) {
      together.hear(event("together.set", "a", { name: "12", count }));
    }
    expect(together.rooms.value.size).toBe(0);
  });
});
