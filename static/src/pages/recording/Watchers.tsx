/** For the teacher: who has watched the recording, and which parts of it. */
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import type { Range } from "./watched";

interface Watcher {
  id: string;
  name: string;
  seconds: number;
  ranges: Range[];
  last: string;
}

export function Watchers({ lesson }: { lesson: string }) {
  const watchers = useResource(
    signal => get<{ length: number; items: Watcher[] }>(`/lessons/${lesson}/watchers`, {}, signal),
    [lesson],
  );
  return (
    <Card title={t("playback.watchers")} testid="watchers">
      <Load of={watchers} lines={2}>
        {({ length, items }) =>
          items.length === 0 ? (
            <p class="muted">{t("playback.nobody")}</p>
          ) : (
            <ul class="plain-list watchers" role="list">
              {items.map(one => (
                <li key={one.id} data-testid="watcher">
                  <span>{one.name}</span>
                  <span class="muted small">
                    {t("playback.watched", {
                      share: length > 0 ? Math.round((one.seconds * 100_000) / length) : 0,
                      time: dayAndTime(one.last),
                    })}
                  </span>
                  <span class="watchers-plot" aria-hidden="true">
                    {one.ranges.map(([from, to]) => (
                      <span
                        key={from}
                        style={{
                          left: `${(from / length) * 100}%`,
                          width: `${((to - from) / length) * 100}%`,
                        }}
                      />
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
    </Card>
  );
}
