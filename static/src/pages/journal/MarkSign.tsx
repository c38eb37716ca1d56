/** A mark as a sign on its ground; its word for those who do not see it. */
import { signOf, wordOf } from "./marks";
import "./journal.css";

export function MarkSign({ mark }: { mark: string | undefined }) {
  return (
    <span class={`mark-sign mark-${mark || "none"}`} title={wordOf(mark)}>
      <span aria-hidden="true">{signOf(mark) || "·"}</span>
      <span class="hidden-text">{wordOf(mark)}</span>
    </span>
  );
}
