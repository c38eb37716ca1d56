/** What people write is text on the page, whatever they write; only web addresses become links. */
import { render } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { NameTag } from "../../src/class/Face";
import { Linked } from "../../src/class/Linked";

describe("a chat line", () => {
  it("never becomes markup", () => {
    const text = `<img src=x onerror="alert(1)"><b>салам</b> &amp; <script>1</script>`;
    const { container } = render(<Linked text={text} />);
    expect(container.textContent).toBe(text);
    expect(container.querySelector("img, b, script")).toBeNull();
  });

  it("links web addresses without giving the class away", () => {
    const { container } = render(<Linked text="көр: https://lms.example.kg/a?b=1." />);
    const link = container.querySelector("a");
    expect(link?.href).toBe("https://lms.example.kg/a?b=1");
    expect(link?.rel).toBe("noopener noreferrer nofollow");
    expect(link?.target).toBe("_blank");
  });
});

describe("a name", () => {
  it("is text", () => {
    const { container } = render(<NameTag name="<i>Өмүр</i>" mic speaks={false} />);
    expect(container.querySelector("i")).toBeNull();
    expect(container.textContent).toContain("<i>Өмүр</i>");
  });
});
