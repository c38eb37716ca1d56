/**
 * The student's own page of the review (`/exams/{id}/outcome`): where it stands, what was noted with the
 * clips, what they can say and until when. Calm and fair; nothing here is decided by a machine.
 */
import { ArrowLeft } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { clock, dayAndTime } from "../../i18n/dates";
import { Button, ButtonLink } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";
import { kindWord } from "../wall/words";
import { readOutcome, say } from "./api";
import { OwnPictures } from "./Pictures";
import { AppealWords, FindingWords, MeasureWords, Quote } from "./Said";
import type { ItemView, OutcomeView } from "./types";
import "./review.css";

export default function Outcome({ id = "" }: { id?: string }) {
  const outcome = useResource(signal => readOutcome(id, signal), [id]);
  return (
    <Page
      narrow
      title={t("outcome.title")}
      testid="outcome"
      actions={
        <ButtonLink icon={ArrowLeft} look="quiet" href="/exams">
          {t("action.back")}
        </ButtonLink>
      }
    >
      <Load of={outcome}>{view => <Shown id={id} view={view} onSaid={outcome.set} />}</Load>
    </Page>
  );
}

interface Props {
  id: string;
  view: OutcomeView;
  onSaid: (view: OutcomeView) => void;
}

function Shown({ id, view, onSaid }: Props) {
  const hearing = (view.state === "notice" || view.state === "heard") && !view.statement && !view.finding;
  const appealing = (view.state === "found" || view.state === "measured") && !view.appeal;
  return (
    <>
      <Card title={t(`outcome.${view.state === "to_notify" ? "open" : view.state}`)} testid="outcome-state">
        <div class="stack-tight" data-testid="outcome-words" data-state={view.state}>
          <p>{t(`outcome.${view.state === "to_notify" ? "open" : view.state}_words`)}</p>
          <p class="muted" data-testid="outcome-held" data-held={view.grade_held}>
            {heldWords(view)}
          </p>
        </div>
      </Card>
      {view.items.length > 0 && (
        <Card title={t("outcome.items")} testid="outcome-items">
          <p class="muted">{t("outcome.items_words")}</p>
          {view.items.map(item => (
            <Item key={item.key} item={item} />
          ))}
        </Card>
      )}
      {(view.statement || hearing) && (
        <Card title={t("outcome.statement")} testid="outcome-statement">
          {view.statement ? (
            <Quote said={view.statement} />
          ) : (
            <Say id={id} what="statement" onSaid={onSaid}>
              {t("outcome.statement_words")}{" "}
              {view.state === "notice" && view.until && t("outcome.until", { when: dayAndTime(view.until) })}
            </Say>
          )}
        </Card>
      )}
      {view.finding && (
        <Card title={t("outcome.finding")} testid="outcome-finding">
          <FindingWords finding={view.finding} />
        </Card>
      )}
      {view.measure && (
        <Card title={t("outcome.measure")} testid="outcome-measure">
          <MeasureWords measure={view.measure} />
        </Card>
      )}
      {(view.appeal || appealing) && (
        <Card title={t("outcome.appeal")} testid="outcome-appeal">
          {view.appeal ? (
            <AppealWords appeal={view.appeal} />
          ) : (
            <Say id={id} what="appeal" onSaid={onSaid}>
              {view.appeal_until && t("outcome.appeal_words", { when: dayAndTime(view.appeal_until) })}
            </Say>
          )}
        </Card>
      )}
      <Card title={t("outcome.fair")} testid="outcome-fair">
        <ul class="stack-tight rv-fair">
          <li>{t("outcome.fair_people")}</li>
          <li>{t("outcome.fair_blind")}</li>
          <li>{t("outcome.fair_who")}</li>
          <li>{t("outcome.fair_net")}</li>
        </ul>
      </Card>
    </>
  );
}

/** While people look, the term frees the grade; once the student is told, the case itself does. */
function heldWords(view: OutcomeView): string {
  if (view.state === "waiting") return "";
  if (!view.grade_held) return t("outcome.not_held");
  if (view.state === "open" && view.release) return t("outcome.held", { when: dayAndTime(view.release) });
  return t("outcome.held_case");
}

function Item({ item }: { item: ItemView }) {
  return (
    <article class="stack-tight" data-testid="outcome-item">
      <h3>
        {t("outcome.item", { n: item.number, when: clock(item.begins) })}:{" "}
        {[...new Set(item.kinds.map(one => kindWord(one.kind)))].join(", ")}
      </h3>
      <OwnPictures item={item} />
    </article>
  );
}

interface SayProps {
  id: string;
  what: "statement" | "appeal";
  children: ComponentChildren;
  onSaid: (view: OutcomeView) => void;
}

/** What the student writes is kept on the page until the commission has it. */
function Say({ id, what, children, onSaid }: SayProps) {
  const [text, setText] = useState("");
  const doing = useDoing();
  const ready = text.trim().length >= 3;
  const send = (): void =>
    void doing.run(async () => {
      onSaid(await say(id, what, text.trim()));
      toast(t("outcome.sent"));
    });
  return (
    <form
      class="stack-tight"
      onSubmit={event => {
        event.preventDefault();
        if (ready) send();
      }}
    >
      <TextArea
        label={t(`outcome.${what}`)}
        hint={children}
        rows={6}
        value={text}
        onValue={setText}
        maxLength={10_000}
        data-testid={`outcome-${what}-text`}
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          type="submit"
          look="primary"
          busy={doing.busy}
          disabled={!ready}
          data-testid={`outcome-${what}-send`}
        >
          {t(`outcome.${what}_send`)}
        </Button>
      </div>
    </form>
  );
}
