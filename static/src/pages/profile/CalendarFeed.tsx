/** The secret address of the own calendar, for the phone's or any other calendar program. */
import { useState } from "preact/hooks";
import { CalendarPlus, Copy, Trash2 } from "lucide-preact";
import { get, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";

const PATH = "/me/calendar";

export function CalendarFeed() {
  const state = useResource(signal => get<{ made: boolean }>(PATH, {}, signal), []);
  const [url, setUrl] = useState("");
  const doing = useDoing();
  const made = state.data?.made ?? false;
  const make = (): void =>
    void doing.run(async () => {
      setUrl((await post<{ url: string }>(PATH)).url);
      state.set({ made: true });
    });
  const withdraw = (): void =>
    void doing.run(async () => {
      await remove(PATH);
      setUrl("");
      state.set({ made: false });
    });
  return (
    <Card title={t("feed.title")} testid="calendar-feed">
      <p class="muted">{t("feed.lead")}</p>
      {url && (
        <Note tone="good" testid="feed-made">
          <div class="stack-tight">
            <p>{t("feed.once")}</p>
            <code class="mono token-new" data-testid="feed-url">
              {url}
            </code>
            <div class="row">
              <Button icon={Copy} onClick={() => void copyText(url)}>
                {t("action.copy")}
              </Button>
            </div>
          </div>
        </Note>
      )}
      {made && !url && <p>{t("feed.there")}</p>}
      <div class="row">
        <Button icon={CalendarPlus} busy={doing.busy} onClick={make} data-testid="feed-make">
          {made ? t("feed.again") : t("feed.make")}
        </Button>
        {made && (
          <Button look="quiet" icon={Trash2} busy={doing.busy} onClick={withdraw} data-testid="feed-withdraw">
            {t("guests.withdraw")}
          </Button>
        )}
      </div>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Card>
  );
}
