/**
 * Short news at the edge of the page: what was done, or what went wrong. Anyone calls `toast(...)`;
 * one `<Toasts/>` in the app shows them and reads them aloud. Faults stay until closed.
 */
import { signal } from "@preact/signals";
import { CircleAlert, CircleCheck, X } from "lucide-preact";
import { t } from "../i18n";
import { IconButton } from "./Button";
import "./Toast.css";

export interface News {
  id: number;
  words: string;
  fault: boolean;
}

const LASTS = 5_000; // ms; long enough to read one line twice
const MOST = 4;
let next = 1;
export const news = signal<readonly News[]>([]);

export function dismiss(id: number): void {
  news.value = news.value.filter(item => item.id !== id);
}

export function toast(words: string, kind: "done" | "fault" = "done"): void {
  const item = { id: next++, words, fault: kind === "fault" };
  news.value = [...news.value.slice(1 - MOST), item];
  if (!item.fault) setTimeout(() => dismiss(item.id), LASTS);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {news.value.map(item => (
        <div key={item.id} class={item.fault ? "toast toast-fault" : "toast"} data-testid="toast">
          {item.fault ? <CircleAlert size={20} aria-hidden /> : <CircleCheck size={20} aria-hidden />}
          <span class="grow">{item.words}</span>
          <IconButton icon={X} label={t("action.close")} onClick={() => dismiss(item.id)} />
        </div>
      ))}
    </div>
  );
}
