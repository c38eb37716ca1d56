/**
 * The map of the client: address in, page out, each page its own piece of code. An account that must
 * settle something first (password, second factor, consents) sees that page whatever the address; nobody
 * signed in sees the log-in page, except at the addresses open to all.
 */
import {
  Archive,
  BookCheck,
  CalendarCheck,
  CalendarDays,
  CalendarRange,
  ChartColumn,
  ClipboardCheck,
  FileUp,
  Gavel,
  Gauge,
  IdCard,
  LifeBuoy,
  MonitorCheck,
  Network,
  NotebookText,
  UsersRound,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { ErrorBoundary, lazy, LocationProvider, Route, Router, useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import type { Me } from "./api/types";
import { need, t } from "./i18n";
import type { Pack } from "./i18n/packs";
import { loadMe, may, me, meError } from "./state/me";
import { Crashed } from "./pages/missing/Crashed";
import { TraceAlarm } from "./pages/trace/Alarm";
import { Door, Shell, type Place } from "./ui/Shell";
import { Failed, Loading } from "./ui/States";
import { Toasts } from "./ui/Toast";

/** A page, loaded when it is visited, with the packs of words that it speaks. */
function page<T>(load: () => Promise<{ default: T }>, ...packs: Pack[]): T {
  return lazy(async () => (await Promise.all([load(), need(...packs)]))[0]);
}

const Board = page(() => import("./pages/board/Board"), "office");
const ClassPage = page(() => import("./class/index"), "class");
const ExamPage = page(() => import("./exam/index"), "class", "exam");
const ExamWatched = page(() => import("./pages/exams/ExamRules"), "class", "exam");
const Exams = page(() => import("./pages/exams/Exams"), "exam");
const ExamPlan = page(() => import("./pages/examplan/Plan"), "watch");
const ExamRules = page(() => import("./pages/examplan/RulesPage"), "watch");
const ExamRulesList = page(() => import("./pages/examplan/RulesList"), "watch");
const Forbidden = page(() => import("./pages/missing/Forbidden"));
const Guest = page(() => import("./pages/guest/Guest"));
const Help = page(() => import("./pages/help/Help"));
const HelpOutside = page(() => import("./pages/help/Outside"));
const Imports = page(() => import("./pages/imports/Imports"), "office");
const Journal = page(() => import("./pages/journal/Journal"), "office");
const Lesson = page(() => import("./pages/lesson/Lesson"), "class", "office");
const Login = page(() => import("./pages/login/Login"));
const Notices = page(() => import("./pages/notices/Notices"));
const NotFound = page(() => import("./pages/missing/NotFound"));
const Outcome = page(() => import("./pages/review/Outcome"), "watch");
const Own = page(() => import("./pages/journal/Own"), "office");
const People = page(() => import("./pages/people/People"), "office");
const Photos = page(() => import("./pages/photos/Photos"), "exam", "office", "watch");
const Profile = page(() => import("./pages/profile/Profile"), "office");
const Projector = page(() => import("./pages/board/Projector"), "office");
const Recording = page(() => import("./pages/recording/Recording"), "class");
const Reports = page(() => import("./pages/reports/Reports"), "office");
const Retention = page(() => import("./pages/retention/Retention"), "office");
const Review = page(() => import("./pages/review/Desk"), "office", "watch");
const ReviewCase = page(() => import("./pages/review/Case"), "office", "watch");
const Reviews = page(() => import("./pages/review/Reviews"), "watch");
const Settle = page(() => import("./pages/settle/Settle"));
const Structure = page(() => import("./pages/structure/Structure"), "office");
const Support = page(() => import("./pages/support/Support"));
const System = page(() => import("./pages/system/System"), "office");
const Timetable = page(() => import("./pages/timetable/Timetable"), "office");
const Today = page(() => import("./pages/today/Today"));
const Written = page(() => import("./pages/trace/Written"), "office");
const Trial = page(() => import("./pages/trial/Trial"), "class");
const Visit = page(() => import("./pages/journal/Visit"));
const Wall = page(() => import("./pages/wall/Wall"), "watch");

/** Addresses that are pages; the others (files to download) are the browser's own business. */
const PAGES = /^\/(?!api\/)/;

export function App() {
  return (
    <LocationProvider scope={PAGES}>
      <Guard>
        <House />
      </Guard>
      <Toasts />
    </LocationProvider>
  );
}

/** Shows a page that fell over as such, and gives the next address a fresh start. */
function Guard({ children }: { children: ComponentChildren }) {
  const { url } = useLocation();
  const [crash, setCrash] = useState<unknown>();
  useEffect(() => setCrash(undefined), [url]);
  if (crash !== undefined) return <Crashed />;
  return <ErrorBoundary onError={setCrash}>{children}</ErrorBoundary>;
}

/** A part of an address without its escapes; as it is where they make no sense. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function House() {
  const person = me.value;
  const { path } = useLocation();
  const guest = /^\/guest(?:\/([^/]*))?\/?$/.exec(path);
  if (guest) return <Guest token={plain(guest[1] ?? "")} />;
  if (meError.value !== undefined && !person) {
    return (
      <Door title={t("app.name")}>
        <Failed error={meError.value} onRetry={() => void loadMe()} />
      </Door>
    );
  }
  if (person === undefined) return <Splash />;
  if (path === "/help" && person?.next !== "ready") return <HelpOutside />;
  if (person === null) return <Login />;
  if (person.next !== "ready") return <Settle me={person} />;
  const lesson = /^\/lessons\/([^/]+)\/class\/?$/.exec(path)?.[1];
  if (lesson) return <ClassPage key={lesson} id={plain(lesson)} />;
  if (path === "/trial") return <Trial />;
  const exam = /^\/exams\/([^/]+)\/?$/.exec(path)?.[1];
  if (exam) return <ExamPage key={exam} id={plain(exam)} />;
  const watched = /^\/exams\/([^/]+)\/wall\/?$/.exec(path)?.[1];
  if (watched) return <Wall key={watched} id={plain(watched)} />;
  if (path === "/projector" && may("board.read")) return <Projector />;
  return <Inside person={person} />;
}

function Splash() {
  return (
    <main class="page page-narrow splash">
      <Loading lines={2} />
    </main>
  );
}

/** Whoever sits, plans or watches exams has their list in the navigation. */
const EXAMS = ["exam.rehearse", "exam.plan", "exam.watch"];

/** The places the navigation offers this person. */
export function placesFor(actions: readonly string[]): Place[] {
  const all: [string | undefined, Place][] = [
    [undefined, { path: "/", label: t("nav.today"), icon: CalendarDays, testid: "nav-today" }],
    [
      "timetable.create",
      { path: "/timetable", label: t("nav.timetable"), icon: CalendarRange, testid: "nav-timetable" },
    ],
    [
      EXAMS.find(action => actions.includes(action)) ?? "exam",
      { path: "/exams", label: t("nav.exams"), icon: ClipboardCheck, testid: "nav-exams" },
    ],
    [
      "review.read",
      {
        path: "/reviews",
        label: t("nav.reviews"),
        icon: Gavel,
        testid: "nav-reviews",
        covers: /^\/exams\/[^/]+\/review(\/|$)/,
      },
    ],
    [
      "attendance.journal",
      { path: "/journal", label: t("nav.journal"), icon: NotebookText, testid: "nav-journal" },
    ],
    ["board.read", { path: "/board", label: t("nav.board"), icon: MonitorCheck, testid: "nav-board" }],
    ["report.read", { path: "/reports", label: t("nav.reports"), icon: ChartColumn, testid: "nav-reports" }],
    ["user.search", { path: "/people", label: t("nav.people"), icon: UsersRound, testid: "nav-people" }],
    [
      "unit.create",
      { path: "/structure", label: t("nav.structure"), icon: Network, testid: "nav-structure" },
    ],
    [
      "exam.rules_write",
      { path: "/exam-rules", label: t("nav.exam_rules"), icon: BookCheck, testid: "nav-exam-rules" },
    ],
    ["exam.register_photo", { path: "/photos", label: t("photo.title"), icon: IdCard, testid: "nav-photos" }],
    ["import.run", { path: "/imports", label: t("nav.imports"), icon: FileUp, testid: "nav-imports" }],
    [
      "retention.read",
      { path: "/retention", label: t("nav.retention"), icon: Archive, testid: "nav-retention" },
    ],
    ["support.read", { path: "/support", label: t("nav.support"), icon: LifeBuoy, testid: "nav-support" }],
    ["user.role", { path: "/system", label: t("nav.system"), icon: Gauge, testid: "nav-system" }],
  ];
  if (!actions.includes("attendance.journal") && actions.includes("attendance.own")) {
    const own = {
      path: "/attendance",
      label: t("nav.attendance"),
      icon: CalendarCheck,
      testid: "nav-attendance",
    };
    all.splice(1, 0, [undefined, own]);
  }
  return all.filter(([action]) => action === undefined || actions.includes(action)).map(([, place]) => place);
}

function Inside({ person }: { person: Me }) {
  const role = person.roles[0];
  return (
    <Shell
      places={placesFor(person.actions)}
      person={{ id: person.id, name: person.name, role: role ? t(`role.${role.role}`) : t("role.guest") }}
    >
      <TraceAlarm />
      <Router>
        <Route path="/" component={Today} />
        <Route path="/lessons/:id" component={Lesson} />
        <Route path="/lessons/:id/recording" component={Recording} />
        <Route path="/exams/:id/plan" component={ExamPlan} />
        <Route path="/exams/:id/review" component={Review} />
        <Route path="/exams/:id/review/cases/:person" component={ReviewCase} />
        <Route path="/exams/:id/outcome" component={Outcome} />
        <Route path="/reviews" component={Reviews} />
        <Route path="/exam-rules" component={ExamRulesList} />
        <Route path="/exam-rules/:id" component={ExamRules} />
        <Route path="/photos" component={may("exam.register_photo") ? Photos : Forbidden} />
        <Route path="/help" component={Help} />
        <Route path="/profile" component={Profile} />
        <Route path="/profile/written" component={Written} />
        <Route path="/notices" component={Notices} />
        <Route path="/attendance" component={Own} />
        <Route path="/exams" component={Exams} />
        <Route path="/exams/:id/rules" component={ExamWatched} />
        <Route path="/journal" component={may("attendance.journal") ? Journal : Forbidden} />
        <Route path="/board" component={may("board.read") ? Board : Forbidden} />
        <Route path="/reports" component={may("report.read") ? Reports : Forbidden} />
        <Route path="/visit/:code" component={Visit} />
        <Route path="/timetable" component={may("timetable.create") ? Timetable : Forbidden} />
        <Route path="/people" component={may("user.search") ? People : Forbidden} />
        <Route path="/structure" component={may("unit.create") ? Structure : Forbidden} />
        <Route path="/imports" component={may("import.run") ? Imports : Forbidden} />
        <Route path="/retention" component={may("retention.read") ? Retention : Forbidden} />
        <Route path="/support" component={may("support.read") ? Support : Forbidden} />
        <Route path="/system" component={may("user.role") ? System : Forbidden} />
        <Route default component={NotFound} />
      </Router>
    </Shell>
  );
}
