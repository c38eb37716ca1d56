/**
 * Planning an exam (`/exams/{id}/plan`): what is still missing, the settings, the questions, who sits it
 * and with what differences, who watches. Settings and questions are saved together until somebody begins.
 */
import { CircleAlert, CircleCheck, MonitorCheck, Save } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource, type Resource } from "../../api/resource";
import type { ExamView } from "../../exam/types";
import { t } from "../../i18n";
import { clock, dayAndTime } from "../../i18n/dates";
import { Button, ButtonLink } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { toast } from "../../ui/Toast";
import type { Proctor } from "../wall/types";
import { readCandidates, readExam, readProctors, saveExam, type Candidate, type Settings } from "./api";
import { Candidates } from "./Candidates";
import { readiness, settingsOf } from "./plan";
import { Proctors } from "./Proctors";
import { Questions } from "./Questions";
import { SettingsForm } from "./SettingsForm";
import "./examplan.css";

export default function Plan({ id }: { id: string }) {
  const exam = useResource(signal => readExam(id, signal), [id]);
  const found = exam.data;
  const title = found?.title || found?.discipline || t("examplan.title");
  return (
    <Page
      title={title}
      testid="examplan"
      lead={found && [`${dayAndTime(found.starts)}-${clock(found.ends)}`, ...found.groups].join(", ")}
      actions={
        found?.you.watch && (
          <ButtonLink icon={MonitorCheck} href={`/exams/${id}/wall`} data-testid="examplan-wall">
            {t("examplan.wall")}
          </ButtonLink>
        )
      }
    >
      <Load of={exam}>{one => <Parts key={one.id} exam={one} onSaved={exam.set} />}</Load>
    </Page>
  );
}

/** Before the first saving an exam has no candidates or proctors to ask for. */
function orEmpty<T>(empty: T): (error: unknown) => T {
  return error => {
    if (error instanceof ApiError && error.code === "exam.unknown") return empty;
    throw error;
  };
}

function Parts({ exam, onSaved }: { exam: ExamView; onSaved: (exam: ExamView) => void }) {
  const [tab, setTab] = useState("settings");
  const [settings, setSettings] = useState<Settings>(() => settingsOf(exam));
  const doing = useDoing();
  const candidates = useResource(
    signal => readCandidates(exam.id, signal).catch(orEmpty({ candidates: [] as Candidate[] })),
    [exam.id],
  );
  const proctors = useResource(
    signal => readProctors(exam.id, signal).catch(orEmpty({ proctors: [] as Proctor[] })),
    [exam.id],
  );
  const dirty = JSON.stringify(settings) !== JSON.stringify(settingsOf(exam));
  const { edit } = exam.you;
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [dirty]);
  const save = (): Promise<void> =>
    doing.run(async () => {
      const saved = await saveExam(exam.id, settings);
      setSettings(settingsOf(saved));
      onSaved(saved);
      candidates.reload();
      proctors.reload();
      toast(t("done.saved"));
    });
  return (
    <>
      <Ready exam={exam} candidates={candidates} proctors={proctors} />
      {!edit && <Note>{t("examplan.read_only")}</Note>}
      <Tabs
        name="examplan"
        label={t("examplan.title")}
        chosen={tab}
        onChoose={setTab}
        tabs={[
          { id: "settings", label: t("examplan.tab_settings") },
          { id: "questions", label: t("examplan.tab_questions"), count: settings.questions.length },
          {
            id: "candidates",
            label: t("examplan.tab_candidates"),
            count: candidates.data?.candidates.length ?? 0,
          },
          { id: "proctors", label: t("examplan.tab_proctors"), count: proctors.data?.proctors.length ?? 0 },
        ]}
      />
      <TabPanel name="examplan" id={tab}>
        {tab === "settings" && (
          <SettingsForm
            exam={exam}
            settings={settings}
            edit={edit}
            onValue={setSettings}
            onPages={pages => onSaved({ ...exam, pages })}
          />
        )}
        {tab === "questions" && (
          <Questions
            edit={edit}
            questions={settings.questions}
            onValue={questions => setSettings({ ...settings, questions })}
          />
        )}
        {tab === "candidates" && (
          <Candidates exam={exam} found={candidates} proctors={proctors} edit={edit} />
        )}
        {tab === "proctors" && <Proctors exam={exam} found={proctors} edit={edit} />}
      </TabPanel>
      {edit && (dirty || doing.error !== undefined) && (
        <div class="plan-save" data-testid="examplan-dirty">
          {doing.error !== undefined ? (
            <Note tone="danger">{explain(doing.error)}</Note>
          ) : (
            <span class="grow">{t("examplan.dirty")}</span>
          )}
          <Button onClick={() => setSettings(settingsOf(exam))}>{t("action.cancel")}</Button>
          <Button
            look="primary"
            icon={Save}
            busy={doing.busy}
            onClick={() => void save()}
            data-testid="examplan-save"
          >
            {t("action.save")}
          </Button>
        </div>
      )}
    </>
  );
}

interface ReadyProps {
  exam: ExamView;
  candidates: Resource<{ candidates: Candidate[] }>;
  proctors: Resource<{ proctors: Proctor[] }>;
}

/** What is done and what is missing before the exam can be held. */
function Ready({ exam, candidates, proctors }: ReadyProps) {
  if (!candidates.data || !proctors.data) return null;
  const rows = readiness(exam, candidates.data.candidates, proctors.data.proctors);
  const missing = rows.filter(row => !row.good).length;
  return (
    <Card title={missing === 0 ? t("examplan.ready") : t("examplan.missing", { count: missing })}>
      <ul role="list" class="plan-ready" data-testid="examplan-ready">
        {rows.map(row => (
          <li key={row.id} data-testid="examplan-ready-row" data-row={row.id} data-good={row.good}>
            {row.good ? (
              <CircleCheck size={18} aria-label={t("examplan.done")} class="plan-good" />
            ) : (
              <CircleAlert size={18} aria-label={t("examplan.open")} class="plan-open" />
            )}
            <span>{t(row.good ? `examplan.good_${row.id}` : `examplan.open_${row.id}`, row.vars)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
