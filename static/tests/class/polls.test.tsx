/** Options and answers of polls are text, whatever they hold; bars say counts and shares. */
import { render } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { CountBars } from "../../src/class/talk/CountBars";

describe("the bars of a poll", () => {
  it("show options as text, with counts and shares", () => {
    const options = [`<img src=x onerror="alert(1)">`, "4"];
    const { container } = render(<CountBars options={options} counts={[1, 3]} votes={4} />);
    expect(container.querySelector("img")).toBeNull();
    const rows = [...container.querySelectorAll("li")].map(row => row.textContent);
    expect(rows[0]).toContain("<img");
    expect(rows[1]).toMatch(/3\s*75 %/);
  });

  it("do not divide by nobody", () => {
    const { container } = render(<CountBars options={["a", "b"]} counts={[]} votes={0} />);
    expect(container.textContent).not.toContain("NaN");
    expect(container.querySelectorAll('[data-count="0"]').length).toBe(2);
  });
});
