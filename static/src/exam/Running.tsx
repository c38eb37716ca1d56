/** While it is written: the sheet or the page of the LMS, the answers, the own picture, break and hand in. */
import { Coffee, FileCheck, PictureInPicture2, SquareArrowOutUpRight } from "lucide-preact";
import { useState } from "preact/hooks";
import { OwnVideo } from "../class/Face";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { move } from "./api";
import { useExam, useView } from "./context";
import { knowsWindows } from "./pip";
import { Questions } from "./Questions";
import { Sheet } from "./Sheet";
import { OwnFlags } from "./Still";

export function Running() {
  const view = useView();
  const { exam, questions } = view;
  const page = exam.content === "page";
  const left = page || exam.pages > 0;
  return (
    <div
      class={questions.length > 0 && left ? "exam-desk" : "exam-desk exam-desk-one"}
      data-testid="exam-running"
    >
      <Rail />
      {left && (
        <section class="exam-content" aria-label={t("exam.content")}>
          {page ? exam.own_tab ? <OwnTab /> : <Framed /> : <Sheet exam={exam.id} pages={exam.pages} />}
        </section>
      )}
      {(questions.length > 0 || !left) && (
        <section class="exam-answers" aria-label={t("exam.answers")}>
          <Questions questions={questions} />
        </section>
      )}
      {exam.rehearsal && (
        <div class="exam-live-flags">
          <OwnFlags />
        </div>
      )}
    </div>
  );
}

/** The narrow column: own picture on top, what can be done below it, the beacon's place at the foot. */
function Rail() {
  const { room, handing } = useExam();
  const view = useView();
  const track = room.local.cam.track.value;
  const doing = useDoing();
  const { attempt } = room;
  const breaks = view.break.left;
  return (
    <aside class="exam-rail" aria-label={t("exam.tools")}>
      <div class="exam-me" title={t("exam.own_picture")} data-testid="exam-me">
        {track ? <OwnVideo track={track} /> : <span class="small">{t("exam.no_picture")}</span>}
      </div>
      {view.rules && view.rules.breaks > 0 && (
        <Button
          icon={Coffee}
          wide
          disabled={breaks === 0}
          busy={doing.busy}
          onClick={() => void doing.run(() => attempt.act(() => move(attempt.exam, attempt.tab, "break")))}
          data-testid="exam-break"
        >
          {t("exam.break", { count: breaks })}
        </Button>
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <Button icon={FileCheck} wide onClick={() => (handing.value = true)} data-testid="exam-hand-in">
        {t("exam.hand_in")}
      </Button>
    </aside>
  );
}

function Framed() {
  const { exam } = useView();
  return (
    <iframe
      class="exam-frame"
      src={exam.address}
      title={exam.title}
      referrerpolicy="no-referrer"
      data-testid="exam-frame"
    />
  );
}

/** The LMS in a tab of its own; the small window with the pattern stays in sight beside it. */
function OwnTab() {
  const { room } = useExam();
  const { exam } = useView();
  const doing = useDoing();
  const [none, setNone] = useState(false);
  const open = room.windowOpen.value;
  const above = knowsWindows();
  const show = (): void =>
    void doing.run(async () => {
      await room.openWindow(t("exam.tab.keep"));
      setNone(!room.windowOpen.value);
    });
  return (
    <div class="exam-calm stack" data-testid="exam-own-tab">
      <h2>{t("exam.tab.title")}</h2>
      <ol class="plain-words">
        <li>{above ? t("exam.tab.window") : t("exam.tab.popup")}</li>
        <li>{t("exam.tab.open")}</li>
        <li>{t("exam.tab.back")}</li>
      </ol>
      {!above && <Note testid="exam-tab-popup">{t("exam.tab.popup_words")}</Note>}
      {none && (
        <Note tone="warn" testid="exam-tab-none">
          {t("exam.tab.no_window")}
        </Note>
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look={open ? "plain" : "primary"}
          icon={PictureInPicture2}
          disabled={open}
          busy={doing.busy}
          onClick={show}
          data-testid="exam-window"
        >
          {open ? t("exam.tab.window_open") : t("exam.tab.window_button")}
        </Button>
        <a
          class={open || none ? "button button-primary" : "button button-plain"}
          href={exam.address}
          target="_blank"
          rel="noopener noreferrer"
          data-testid="exam-open-tab"
        >
          <SquareArrowOutUpRight size={20} aria-hidden />
          <span class="button-words">{t("exam.tab.go")}</span>
        </a>
      </div>
    </div>
  );
}
