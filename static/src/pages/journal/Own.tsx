/** A student's own marks, the newest first. */
import { CalendarCheck } from "lucide-preact";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Downloads } from "../../ui/Downloads";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Trend } from "../../ui/Trend";
import { MarkSign } from "./MarkSign";
import { trend, wordOf } from "./marks";
import "./journal.css";

interface OwnMark {
  lesson: string;
  title: string;
  starts: string;
  mark: string;
  present: number;
  share: number;
  note: string;
}

export default function Own() {
  const marks = useResource(signal => get<{ items: OwnMark[] }>("/me/attendance", {}, signal), []);
  return (
    <Page narrow title={t("own.title")} lead={t("own.lead")} testid="own-attendance">
      <Load of={marks}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={CalendarCheck} title={t("own.empty")} />
          ) : (
            <Card
              title={t("journal.legend")}
              actions={
                <div class="row no-print">
                  <Trend percents={trend(items.map(({ mark }) => mark).reverse())} />
                  <Downloads path="/me/attendance/paper" testid="own" />
                </div>
              }
            >
              <ul class="plain-list own-marks" role="list">
                {items.map(one => (
                  <li key={one.lesson} data-testid="own-mark" data-mark={one.mark}>
                    <MarkSign mark={one.mark} />
                    <span class="stack-tight">
                      <strong>{one.title}</strong>
                      <span class="muted small">
                        {dayAndTime(one.starts)}, {wordOf(one.mark)}
                        {one.note && `, ${one.note}`}
                      </span>
                    </span>
                    <span class="numbers muted small">
                      {t("sheet.minutes", {
                        minutes: Math.round(one.present / 60),
                        share: Math.round(one.share * 100),
                      })}
                    </span>
                  </li>
                ))}
              </ul>
            </Card>
          )
        }
      </Load>
    </Page>
  );
}
