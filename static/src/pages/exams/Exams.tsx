/**
 * The exams of the person: those to come first, with the way in. A student tries everything beforehand in a
 * rehearsal and sees the verdict on the own equipment; staff go on to the plan and the wall.
 */
import { CalendarCheck, Eye, GraduationCap, MapPin, MonitorCheck, Scale, Settings2 } from "lucide-preact";
import { useEffect, useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { listExams, newRehearsal } from "../../exam/api";
import { agentOf, canSit } from "../../exam/device";
import { SeatAsked } from "../../exam/Phone";
import { seatWords } from "../../exam/seat";
import type { Equipment, ExamCard, ExamState } from "../../exam/types";
import { t } from "../../i18n";
import { capital, clock, isoDay, longDay } from "../../i18n/dates";
import { me } from "../../state/me";
import { Badge, type Tone } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { OwnPhoto } from "./OwnPhoto";
import "./exams.css";

const REFRESH = 15_000; // ms; the way in that opens should show soon

export default function Exams() {
  const exams = useResource(signal => listExams(signal), []);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && exams.reload(), REFRESH);
    return () => clearInterval(timer);
  }, [exams.reload]);
  const student = me.value?.roles.some(role => role.role === "student") ?? false;
  return (
    <Page narrow title={t("exams.title")} testid="exams">
      {student && <Rehearse equipment={exams.data?.equipment ?? ""} exams={exams.data?.exams ?? []} />}
      {student && <OwnPhoto />}
      <Load of={exams}>
        {({ exams: list }) =>
          list.length === 0 ? (
            <Empty icon={CalendarCheck} title={t("exams.none")} testid="exams-empty">
              {student ? t("exams.none_student") : t("exams.none_staff")}
            </Empty>
          ) : (
            <ul class="exam-cards" role="list">
              {list.map(exam => (
                <li key={exam.id}>
                  <Card exam={exam} />
                </li>
              ))}
            </ul>
          )
        }
      </Load>
    </Page>
  );
}

const VERDICTS: Record<Exclude<Equipment, "">, Tone> = {
  good: "good",
  weak: "accent",
  phone: "warn",
  bad: "warn",
};

/** Try it all before it counts; a phone is told what it cannot do and what to do instead. */
function Rehearse({ equipment, exams }: { equipment: Equipment; exams: readonly ExamCard[] }) {
  const { route } = useLocation();
  const agent = useMemo(agentOf, []);
  const doing = useDoing();
  const coming = exams.filter(one => one.part === "student" && !one.rehearsal && one.state !== "over");
  const untried = coming.length > 0 && !equipment;
  const begin = (): void =>
    void doing.run(async () => {
      const { id } = await newRehearsal();
      route(`/exams/${encodeURIComponent(id)}`);
    });
  return (
    <section class="card rehearse" data-testid="rehearse">
      <header class="row">
        <h2 class="grow">{t("exams.rehearse")}</h2>
        {equipment && (
          <span data-testid="exams-equipment" data-verdict={equipment}>
            <Badge tone={VERDICTS[equipment]} icon={MonitorCheck}>
              {t(`exams.equipment.${equipment}`)}
            </Badge>
          </span>
        )}
      </header>
      {canSit(agent) ? (
        <>
          <p>{t("exams.rehearse_words")}</p>
          {untried && (
            <Note tone="warn" testid="exams-untried">
              {t("exams.untried")}
            </Note>
          )}
          {equipment === "phone" && <p>{t("exams.phone_asked")}</p>}
          {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
          <div>
            <Button
              look="primary"
              icon={MonitorCheck}
              busy={doing.busy}
              onClick={begin}
              data-testid="exams-rehearse"
            >
              {t("exams.rehearse_begin")}
            </Button>
          </div>
        </>
      ) : (
        <div class="stack" data-testid="exams-phone">
          <p>{t("exam.phone.why")}</p>
          {equipment === "phone" ? (
            <Note tone="good">{t("exam.phone.asked")}</Note>
          ) : (
            <SeatAsked agent={agent} exams={coming.map(one => one.id)} />
          )}
        </div>
      )}
    </section>
  );
}

const TONES: Record<ExamState, Tone> = {
  draft: "plain",
  planned: "plain",
  entry: "accent",
  running: "good",
  over: "plain",
};

function Card({ exam }: { exam: ExamCard }) {
  const path = `/exams/${encodeURIComponent(exam.id)}`;
  const day = longDay(isoDay(new Date(exam.starts)));
  return (
    <article
      class="card exam-card"
      data-testid="exam-card"
      data-exam={exam.id}
      data-state={exam.state}
      data-attempt={exam.attempt}
    >
      <header class="row">
        <h2 class="grow" dir="auto">
          {exam.title || exam.discipline || t("exam.rehearsal")}
        </h2>
        {exam.rehearsal && <Badge tone="accent">{t("exam.rehearsal")}</Badge>}
        <Badge tone={TONES[exam.state]} testid="exam-state">
          {t(`exams.state.${exam.state}`)}
        </Badge>
      </header>
      <p class="numbers">
        {capital(day)}, {clock(exam.starts)}–{clock(exam.ends)}
        <span class="muted">, {t("exams.minutes", { count: exam.minutes })}</span>
      </p>
      {exam.groups.length > 0 && (
        <p class="muted">
          <GraduationCap size={18} aria-hidden />{" "}
          {[exam.discipline, ...exam.groups].filter(Boolean).join(", ")}
        </p>
      )}
      {exam.part === "student" && exam.place === "class" && (
        <p data-testid="exam-place">
          <MapPin size={18} aria-hidden /> <strong>{seatWords(exam)}</strong>
        </p>
      )}
      {exam.part === "student" && exam.place !== "class" && exam.seat_asked && (
        <p data-testid="exam-seat-waits">
          <MapPin size={18} aria-hidden /> {t("exams.seat_waits")}
        </p>
      )}
      <Ways exam={exam} path={path} />
    </article>
  );
}

function Ways({ exam, path }: { exam: ExamCard; path: string }) {
  const open = exam.state === "entry" || exam.state === "running";
  const done = exam.attempt === "submitted" || exam.attempt === "over";
  return (
    <div class="row">
      {exam.part === "student" ? (
        <>
          {open && !done && (
            <ButtonLink look="primary" href={path} data-testid="exam-enter">
              {exam.attempt ? t("exams.go_on") : t("exams.enter")}
            </ButtonLink>
          )}
          {done && <Badge tone="good">{t("exams.handed_in")}</Badge>}
          {exam.attempt && !exam.rehearsal && (done || exam.state === "over") && (
            <ButtonLink icon={Scale} href={`${path}/outcome`} data-testid="exam-outcome">
              {t("outcome.link")}
            </ButtonLink>
          )}
          <ButtonLink icon={Eye} look="quiet" href={`${path}/rules`} data-testid="exam-rules-open">
            {t("exam.watched_link")}
          </ButtonLink>
        </>
      ) : (
        <>
          <ButtonLink
            look={open ? "primary" : "plain"}
            icon={MonitorCheck}
            href={`${path}/wall`}
            data-testid="exam-wall"
          >
            {t("exams.wall")}
          </ButtonLink>
          {exam.part !== "proctor" && (
            <ButtonLink icon={Settings2} href={`${path}/plan`} data-testid="exam-plan">
              {t("exams.plan")}
            </ButtonLink>
          )}
          <ButtonLink icon={Eye} look="quiet" href={`${path}/rules`}>
            {t("exam.watched_link")}
          </ButtonLink>
        </>
      )}
    </div>
  );
}
