/** The desk of support: what people reported, what their devices said, and an answer to them. */
import { CheckCheck, ChevronRight, LifeBuoy, MailWarning, Send, Undo2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { FactsList } from "../../support/FactsList";
import { may } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { toast } from "../../ui/Toast";
import "../../support/support.css";

interface Report {
  id: string;
  name: string;
  place: "class" | "prejoin" | "exam" | "page";
  path: string;
  text: string;
  time: string;
  diagnostics: { name: string; lines: string[] }[];
  done: boolean;
  answer: string;
  author: string;
  answerable: boolean;
}

interface ReportPage {
  items: Report[];
  more: boolean;
}

interface PostState {
  on: boolean;
  waiting: number;
  given_up: number;
  problem: string;
}

const list = (done: boolean, before = "", signal?: AbortSignal): Promise<ReportPage> =>
  get<ReportPage>("/support", { done: String(done), before }, signal);

export default function Support() {
  const [tab, setTab] = useState("open");
  return (
    <Page narrow title={t("support.title")} lead={t("support.desk_lead")} testid="support">
      {may("mail.read") && <Mail />}
      <Tabs
        name="support"
        label={t("support.title")}
        tabs={[
          { id: "open", label: t("support.tab_open") },
          { id: "done", label: t("support.tab_done") },
        ]}
        chosen={tab}
        onChoose={setTab}
      />
      <TabPanel name="support" id={tab}>
        <Reports key={tab} done={tab === "done"} />
      </TabPanel>
    </Page>
  );
}

/** Whether mail goes out; said only where it does not. */
function Mail() {
  const { data } = useResource(signal => get<PostState>("/mail", {}, signal), []);
  if (!data) return null;
  if (!data.on) return <Note testid="mail-off">{t("support.mail_off")}</Note>;
  if (!data.problem && data.given_up === 0) return null;
  return (
    <Note tone="warn" testid="mail-problem">
      <p class="row">
        <MailWarning size={18} aria-hidden />
        {t("support.mail_state", { waiting: data.waiting, lost: data.given_up })}
      </p>
      {data.problem && <p class="mono small">{data.problem}</p>}
    </Note>
  );
}

function Reports({ done }: { done: boolean }) {
  const found = useResource(signal => list(done, "", signal), [done]);
  const doing = useDoing();
  const more = (known: ReportPage): void =>
    void doing.run(async () => {
      const next = await list(done, known.items.at(-1)?.id);
      found.set({ ...next, items: [...known.items, ...next.items] });
    });
  return (
    <Load of={found}>
      {known =>
        known.items.length === 0 ? (
          <Empty icon={LifeBuoy} title={done ? t("support.none_done") : t("support.none")} />
        ) : (
          <div class="stack">
            {known.items.map(report => (
              <One key={report.id} report={report} onChanged={found.reload} />
            ))}
            {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
            {known.more && (
              <Button busy={doing.busy} onClick={() => more(known)}>
                {t("action.more")}
              </Button>
            )}
          </div>
        )
      }
    </Load>
  );
}

function One({ report, onChanged }: { report: Report; onChanged: () => void }) {
  const doing = useDoing();
  const [text, setText] = useState("");
  const path = `/support/${report.id}`;
  const mark = (): void =>
    void doing.run(async () => {
      await post(`${path}/mark`, { done: !report.done });
      onChanged();
    });
  const answer = (): void =>
    void doing.run(async () => {
      await post(`${path}/answer`, { text });
      toast(t("support.answered"));
      onChanged();
    });
  return (
    <Card testid="support-report">
      <div class="stack">
        <div class="row">
          <strong dir="auto">{report.name}</strong>
          <Badge>{t(`support.place_${report.place}`)}</Badge>
          <time class="muted small" dateTime={report.time}>
            {dayAndTime(report.time)}
          </time>
        </div>
        <p class="support-text" dir="auto" data-testid="support-report-text">
          {report.text}
        </p>
        {report.path && <p class="muted small mono">{report.path}</p>}
        {report.diagnostics.length > 0 && (
          <details class="support-shown">
            <summary>
              <ChevronRight size={18} aria-hidden /> {t("support.diagnostics")}
            </summary>
            <FactsList of={report.diagnostics} label={t("support.diagnostics")} />
          </details>
        )}
        {report.answer && (
          <Note tone="good">
            <p class="support-text" dir="auto">
              {report.answer}
            </p>
            <p class="small">{report.author}</p>
          </Note>
        )}
        {!report.done && report.answerable && (
          <TextArea
            label={t("support.answer")}
            hint={t("support.answer_hint")}
            value={text}
            onValue={setText}
            maxLength={2000}
            data-testid="support-answer"
          />
        )}
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
        <div class="row">
          {!report.done && report.answerable && (
            <Button
              look="primary"
              icon={Send}
              busy={doing.busy}
              disabled={text.trim().length < 3}
              onClick={answer}
              data-testid="support-answer-send"
            >
              {t("support.answer_send")}
            </Button>
          )}
          <Button
            icon={report.done ? Undo2 : CheckCheck}
            busy={doing.busy}
            onClick={mark}
            data-testid="support-mark"
          >
            {report.done ? t("support.reopen") : t("support.done")}
          </Button>
        </div>
      </div>
    </Card>
  );
}
