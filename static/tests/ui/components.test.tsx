/** Components: what a keyboard and a screen reader get from them. */
import { cleanup, fireEvent, render, within } from "@testing-library/preact";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import { setLanguage } from "../../src/i18n";
import { initials, toneOf } from "../../src/ui/Badge";
import { Button, IconButton } from "../../src/ui/Button";
import { Field, PasswordField } from "../../src/ui/Field";
import { Failed } from "../../src/ui/States";
import { moveTo, Tabs } from "../../src/ui/Tabs";
import { dismiss, news, toast, Toasts } from "../../src/ui/Toast";
import { X } from "lucide-preact";

/** The library's own `screen` keeps the document of the first file that loaded it. */
const screen = within(document.body);

beforeAll(() => setLanguage("en"));
afterEach(() => {
  cleanup();
  for (const item of news.value) dismiss(item.id);
});

test("a busy button refuses a second click and says so", () => {
  const click = vi.fn();
  render(
    <Button busy onClick={click}>
      Save
    </Button>,
  );
  const button = screen.getByRole("button", { name: "Save" });
  fireEvent.click(button);
  expect(click).not.toHaveBeenCalled();
  expect(button.getAttribute("aria-busy")).toBe("true");
});

test("an icon alone has its word", () => {
  render(<IconButton icon={X} label="Close" />);
  expect(screen.getByRole("button", { name: "Close" }).title).toBe("Close");
});

test("a field ties label, hint and error together", () => {
  render(
    <Field label="Name" hint="As in the passport" error="Too short" value="" onValue={() => undefined} />,
  );
  const input = screen.getByLabelText("Name");
  const words = (input.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .map(id => document.getElementById(id)?.textContent);
  expect(words).toEqual(["As in the passport", "Too short"]);
  expect(input.getAttribute("aria-invalid")).toBe("true");
});

test("a password can be looked at and hidden again", () => {
  render(<PasswordField label="Password" value="secret" onValue={() => undefined} />);
  const input = screen.getByLabelText("Password");
  expect(input.getAttribute("type")).toBe("password");
  fireEvent.click(screen.getByRole("button", { name: "Show the password" }));
  expect(input.getAttribute("type")).toBe("text");
  fireEvent.click(screen.getByRole("button", { name: "Hide the password" }));
  expect(input.getAttribute("type")).toBe("password");
});

test("tabs move by keys and keep one tab stop", () => {
  expect(moveTo("ArrowRight", 2, 3)).toBe(0);
  expect(moveTo("ArrowLeft", 0, 3)).toBe(2);
  expect(moveTo("End", 0, 3)).toBe(2);
  expect(moveTo("x", 0, 3)).toBeUndefined();
  const choose = vi.fn();
  const tabs = [
    { id: "a", label: "A" },
    { id: "b", label: "B", count: 3 },
  ];
  render(<Tabs name="x" label="Tabs" tabs={tabs} chosen="a" onChoose={choose} />);
  fireEvent.keyDown(screen.getByRole("tab", { name: "A" }), { key: "ArrowRight" });
  expect(choose).toHaveBeenCalledWith("b");
  expect(screen.getAllByRole("tab").map(tab => tab.tabIndex)).toEqual([0, -1]);
});

test("news goes by itself, a fault stays until closed", () => {
  vi.useFakeTimers();
  render(<Toasts />);
  toast("Saved");
  toast("It did not work", "fault");
  vi.advanceTimersByTime(6_000);
  vi.useRealTimers();
  expect(news.value.map(item => item.words)).toEqual(["It did not work"]);
});

test.each([
  [new ApiError(403, "permission.denied", "no"), "forbidden"],
  [new ApiError(0, "net.offline", ""), "offline"],
  [new ApiError(500, "server.failed", ""), "failed"],
  [new Error("x"), "failed"],
])("each fault has its own page", (error, testid) => {
  render(<Failed error={error} />);
  expect(screen.getByTestId(testid).getAttribute("role")).toBe("alert");
});

test("initials and colours of people", () => {
  expect(initials("Өмүралиева Үркүя Ж.")).toBe("ӨҮ");
  expect(initials("  ")).toBe("?");
  expect(toneOf("Aibek")).toBe(toneOf("Aibek"));
  expect(new Set(["a", "b", "c", "d", "e", "f", "g", "h"].map(toneOf)).size).toBeGreaterThan(3);
});
