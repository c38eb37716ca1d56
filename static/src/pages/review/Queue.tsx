/** What there is to look at, without names: number, what was seen, how long, where it stands. */
import { Badge } from "../../ui/Badge";
import { t } from "../../i18n";
import { kindIcon, kindWord, lasted } from "../wall/words";
import type { ItemCard } from "./types";
import { itemLook } from "./words";

interface Props {
  queue: readonly ItemCard[];
  current: string;
  onOpen: (key: string) => void;
}

export function Queue({ queue, current, onOpen }: Props) {
  return (
    <ol class="rv-queue" role="list" data-testid="review-queue">
      {queue.map(item => {
        const look = itemLook(item.state);
        return (
          <li key={item.key}>
            <button
              type="button"
              class="rv-item"
              aria-current={item.key === current ? "true" : undefined}
              onClick={() => onOpen(item.key)}
              data-testid="review-item"
              data-item={item.key}
              data-state={item.state}
              data-mine={item.mine}
              data-waits={item.waits}
            >
              <span class="row">
                <strong class="numbers">{item.number}</strong>
                <span class="muted small numbers grow">{lasted(item.seconds)}</span>
                {item.waits ? (
                  <Badge tone="accent">{t("review.waits")}</Badge>
                ) : (
                  <Badge tone={look.tone} icon={look.icon}>
                    {look.words}
                  </Badge>
                )}
              </span>
              {item.kinds.map(kind => {
                const Picture = kindIcon(kind);
                return (
                  <span key={kind} class="rv-kind small">
                    <Picture size={16} aria-hidden /> {kindWord(kind)}
                  </span>
                );
              })}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
