/** A tinted note inside a page: news, a warning, a fault. The fault is read aloud when it appears. */
import type { ComponentChildren } from "preact";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-preact";
import "./Note.css";

const PICTURES = { plain: Info, good: CircleCheck, warn: TriangleAlert, danger: CircleAlert } as const;

export function Note(props: { tone?: keyof typeof PICTURES; children: ComponentChildren; testid?: string }) {
  const { tone = "plain", children, testid } = props;
  const Picture = PICTURES[tone];
  return (
    <div class={`note note-${tone}`} role={tone === "danger" ? "alert" : undefined} data-testid={testid}>
      <Picture size={20} aria-hidden />
      <div class="grow">{children}</div>
    </div>
  );
}
