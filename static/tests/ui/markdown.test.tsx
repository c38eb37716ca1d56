/** Markdown-lite: what it draws, and that a hostile text stays text. */
import { render } from "@testing-library/preact";
import { expect, test } from "vitest";
import { blocksOf, isSafeAddress, Markdown } from "../../src/ui/Markdown";

test("headings, paragraphs and lists", () => {
  const kinds = blocksOf("# One\ntext\ngoes on\n\n- a\n- b\n  more\n\n1. x\n2. y").map(block => block.kind);
  expect(kinds).toEqual(["heading", "text", "list", "list"]);
  const { container } = render(<Markdown source={"## Two\n\nSome **bold** and *soft* text\n\n- a\n- b"} />);
  expect(container.querySelector("h4")?.textContent).toBe("Two");
  expect(container.querySelector("strong")?.textContent).toBe("bold");
  expect(container.querySelectorAll("li")).toHaveLength(2);
});

test("HTML in a text is shown, not run", () => {
  const { container } = render(<Markdown source={"<img src=x onerror=alert(1)> <script>1</script>"} />);
  expect(container.querySelector("img, script")).toBeNull();
  expect(container.textContent).toContain("<img");
});

test.each([
  ["https:" + "//example.kg/a", true],
  ["/help", true],
  ["mailto:a@b.kg", true],
  ["javascript:alert(1)", false],
  ["//evil.example", false],
  ["data:text/html,x", false],
  ["JaVaScRiPt:x", false],
])("an address %s is followed: %s", (address, safe) => {
  expect(isSafeAddress(address)).toBe(safe);
});

test("a link that leads nowhere good stays text", () => {
  const { container } = render(<Markdown source={"[press](javascript:x) [go](/help)"} />);
  expect([...container.querySelectorAll("a")].map(link => link.getAttribute("href"))).toEqual(["/help"]);
  expect(container.textContent).toContain("[press]");
});
