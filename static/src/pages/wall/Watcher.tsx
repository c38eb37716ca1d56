/** Which proctor looks after a student: one select, kept at once, and known to everybody at the wall. */
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { me } from "../../state/me";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { toast } from "../../ui/Toast";
import { watchBy } from "./api";
import type { Feed } from "./feed";
import type { Student } from "./types";

export function Watcher({ feed, one }: { feed: Feed; one: Student }) {
  const doing = useDoing();
  const own = me.value?.id ?? "";
  const proctors = feed.frame.value?.proctors ?? [];
  const set = (proctor: string): void =>
    void doing.run(async () => {
      try {
        await watchBy(feed.exam, proctor, [one.person]);
        feed.again();
      } catch (error) {
        toast(explain(error), "fault");
      }
    });
  return (
    <div class="row pw-watcher">
      <Select
        bare
        label={t("wall.watcher")}
        none={t("wall.watcher_none")}
        value={one.watcher}
        options={proctors.map(each => ({
          value: each.person,
          label: t("wall.watcher_is", { name: each.name }),
        }))}
        onValue={set}
        data-testid="wall-watcher"
      />
      {one.watcher !== own && (
        <Button look="quiet" busy={doing.busy} onClick={() => set(own)} data-testid="wall-watch-mine">
          {t("wall.watch_mine")}
        </Button>
      )}
    </div>
  );
}
