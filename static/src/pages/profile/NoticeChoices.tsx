/** What the person hears of, in the page and by mail, topic by topic; and in which time zone. */
import { useEffect, useRef } from "preact/hooks";
import { get, put } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { zone as houseZone } from "../../i18n/dates";
import { Select } from "../../ui/Field";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";
import "../notices/notices.css";

interface Topic {
  topic: string;
  words: string;
  page: boolean;
  mail: boolean;
  fixed: boolean;
}

interface Choices {
  topics: Topic[];
  mail: boolean;
  email: string;
  zone: string;
}

const PATH = "/me/notices";

export function NoticeChoices() {
  const found = useResource(signal => get<Choices>(`${PATH}/choices`, {}, signal), []);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (found.data && location.hash === "#notices") place.current?.scrollIntoView();
  }, [found.data !== undefined]);
  const keep = async (change: Promise<Choices>): Promise<void> => {
    try {
      found.set(await change);
    } catch (error) {
      toast(explain(error), "fault");
      found.reload();
    }
  };
  const choose = (topic: Topic, what: Partial<Topic>): void => {
    const { page, mail } = { ...topic, ...what };
    void keep(put<Choices>(`${PATH}/choices`, { topic: topic.topic, page, mail }));
  };
  return (
    <div id="notices" ref={place}>
      <Card title={t("notices.title")} testid="notice-choices">
        <Load of={found} lines={3}>
          {choices => (
            <>
              <p class="muted">{mailWords(choices)}</p>
              <div class="choices" role="table" aria-label={t("notices.choose")}>
                <div role="row">
                  <span role="columnheader" class="hidden-text">
                    {t("notices.topic")}
                  </span>
                  <span />
                  <span role="columnheader">{t("notices.in_page")}</span>
                  <span role="columnheader">{t("notices.by_mail")}</span>
                </div>
                {choices.topics.map(topic => (
                  <Row key={topic.topic} topic={topic} mail={choices.mail} onChoose={choose} />
                ))}
              </div>
              <Zone chosen={choices.zone} onChoose={zone => void keep(put(`${PATH}/zone`, { zone }))} />
            </>
          )}
        </Load>
      </Card>
    </div>
  );
}

function mailWords({ mail, email }: Choices): string {
  if (!mail) return t("notices.no_mail");
  return email ? t("notices.mail_to", { email }) : t("notices.no_address");
}

interface RowProps {
  topic: Topic;
  mail: boolean;
  onChoose: (topic: Topic, what: Partial<Topic>) => void;
}

function Row({ topic, mail, onChoose }: RowProps) {
  return (
    <div role="row" data-testid="notice-topic" data-topic={topic.topic}>
      <span role="rowheader">{topic.words}</span>
      <span role="cell">
        <label>
          <span class="hidden-text">{`${topic.words}: ${t("notices.in_page")}`}</span>
          <input
            type="checkbox"
            checked={topic.page}
            disabled={topic.fixed}
            onChange={event => onChoose(topic, { page: event.currentTarget.checked })}
            data-testid="notice-page"
          />
        </label>
      </span>
      <span role="cell">
        <label>
          <span class="hidden-text">{`${topic.words}: ${t("notices.by_mail")}`}</span>
          <input
            type="checkbox"
            checked={topic.mail && mail}
            disabled={!mail}
            onChange={event => onChoose(topic, { mail: event.currentTarget.checked })}
            data-testid="notice-mail"
          />
        </label>
      </span>
    </div>
  );
}

function Zone({ chosen, onChoose }: { chosen: string; onChoose: (zone: string) => void }) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([houseZone.value, here, chosen])].filter(Boolean);
  if (zones.length < 2) return null;
  return (
    <Select
      label={t("notices.zone")}
      value={chosen}
      options={zones.map(value => ({
        value,
        label: value === houseZone.value ? t("notices.zone_house", { zone: value }) : value,
      }))}
      onValue={onChoose}
      data-testid="notice-zone"
    />
  );
}
