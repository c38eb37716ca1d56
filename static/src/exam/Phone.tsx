/** On a phone: why the exam needs a computer, and a seat in the computer class for who has none. */
import { Monitor } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button, ButtonLink } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { Door } from "../ui/Shell";
import { askSeat, beginAttempt, newRehearsal, takeStep } from "./api";
import { randomName } from "./store";
import type { Agent } from "./types";

/**
 * Tell the university that there is only a phone: the verdict on the own equipment, which the list and
 * whoever plans the exam see. A rehearsal carries it, so that no real attempt is taken from a computer.
 */
export async function askForSeat(agent: Agent): Promise<void> {
  const { id } = await newRehearsal();
  const tab = randomName();
  await beginAttempt(id, tab, { ...agent, desktop: false });
  await takeStep(id, tab, "rules", "read");
  await takeStep(id, tab, "equipment", "phone", { seat: true });
}

/** Ask for a seat in these exams; whoever plans them sees each request. */
async function askIn(exams: readonly string[]): Promise<void> {
  for (const exam of exams) await askSeat(exam, "phone");
}

export function Phone({ exam, agent }: { exam: string; agent: Agent }) {
  return (
    <Door title={t("exam.phone.title")} testid="exam-phone">
      <div class="stack">
        <p>
          <Monitor size={20} aria-hidden /> {t("exam.phone.why")}
        </p>
        <SeatAsked agent={agent} exams={[exam]} />
        <div class="row">
          <ButtonLink href={`/exams/${encodeURIComponent(exam)}/rules`}>{t("exam.watched_link")}</ButtonLink>
          <ButtonLink href="/exams">{t("exam.to_list")}</ButtonLink>
        </div>
      </div>
    </Door>
  );
}

export function SeatAsked({ agent, exams }: { agent: Agent; exams: readonly string[] }) {
  const [asked, setAsked] = useState(false);
  const doing = useDoing();
  if (asked) {
    return (
      <Note tone="good" testid="exam-seat-asked">
        {t("exam.phone.asked")}
      </Note>
    );
  }
  return (
    <div class="stack-tight">
      <p>{t("exam.phone.offer")}</p>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          look="primary"
          busy={doing.busy}
          onClick={() =>
            void doing.run(async () => {
              await askForSeat(agent);
              await askIn(exams);
              setAsked(true);
            })
          }
          data-testid="exam-seat"
        >
          {t("exam.phone.ask")}
        </Button>
      </div>
    </div>
  );
}
