/**
 * The exam of a student at `/exams/{id}`, drawn without the shell: the way in, the exam, and what comes
 * after it. A device that cannot sit an exam is told so kindly, and offered a seat in a computer class.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { me } from "../state/me";
import { ButtonLink } from "../ui/Button";
import { Failed, Loading, State } from "../ui/States";
import { Clock } from "lucide-preact";
import { ExamProvider, newDesk } from "./context";
import { agentOf, canSit } from "./device";
import { Phone } from "./Phone";
import { RoomView } from "./RoomView";
import { ExamRoom } from "./room";
import "./exam.css";
import "./running.css";

export default function ExamPage({ id }: { id: string }) {
  const person = me.value;
  const agent = useMemo(agentOf, []);
  if (!person) return null;
  if (!canSit(agent)) return <Phone exam={id} agent={agent} />;
  return <Sitting key={id} id={id} person={person.id} />;
}

function Sitting({ id, person }: { id: string; person: string }) {
  const desk = useMemo(() => newDesk(new ExamRoom(id, person, agentOf())), [id, person]);
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    void desk.room.start().then(() => setBegun(true));
    return () => desk.room.stop();
  }, [desk]);
  const { view, fault } = desk.room.attempt;
  if (view.value) {
    return (
      <ExamProvider value={desk}>
        <RoomView />
      </ExamProvider>
    );
  }
  return (
    <main id="main" class="over" data-testid="exam-opening">
      {fault.value === undefined ? (
        <Loading slow={begun} />
      ) : (
        <NotOpen error={fault.value} again={() => void desk.room.attempt.look()} />
      )}
    </main>
  );
}

/** Too early or too late is no fault: it says when. */
function NotOpen({ error, again }: { error: unknown; again: () => void }) {
  const code = error instanceof ApiError ? error.code : "";
  if (code !== "exam.not_yet" && code !== "exam.closed") return <Failed error={error} onRetry={again} />;
  return (
    <State
      icon={Clock}
      testid={code === "exam.closed" ? "exam-closed" : "exam-early"}
      title={code === "exam.closed" ? t("exam.closed") : t("exam.early")}
      action={
        <ButtonLink look="primary" href="/exams">
          {t("exam.to_list")}
        </ButtonLink>
      }
    >
      {code === "exam.closed" ? t("exam.closed_words") : t("exam.early_words")}
    </State>
  );
}
