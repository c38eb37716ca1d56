/**
 * One student's case (`/exams/{id}/review/cases/{person}`), once one has looked through all of it: its items
 * with the verdicts, the way it goes step by step, and what has been done. A step shows when the server
 * says that it may be taken.
 */
import { ArrowLeft, CircleCheck, CircleDashed, CircleDot, Minus, UserRoundX } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useResource } from "../../api/resource";
import { language, maybe, t } from "../../i18n";
import { clock, dayAndTime } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink, type Icon } from "../../ui/Button";
import { Downloads } from "../../ui/Downloads";
import { Card, Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { ReasonDialog } from "../retention/Reason";
import { kindWord } from "../wall/words";
import { readCase, recuseCase, reviewPath, stepCase } from "./api";
import { Chosen, MeasureForm, Plain, type Take } from "./Deeds";
import { OwnPictures } from "./Pictures";
import { AppealWords, FindingWords, MeasureWords, Quote } from "./Said";
import { stepsOf, type Standing, type StepName } from "./steps";
import type { CaseView, ItemView } from "./types";
import { LookList } from "./Verdict";
import { caseLook, itemLook, moment, sourceWord } from "./words";
import "./review.css";

export default function Case({ id = "", person = "" }: { id?: string; person?: string }) {
  const found = useResource(signal => readCase(id, person, signal), [id, person]);
  const take: Take = async (step, body) => found.set(await stepCase(id, person, step, body));
  return <Load of={found}>{view => <Shown id={id} view={view} take={take} />}</Load>;
}

function Shown({ id, view, take }: { id: string; view: CaseView; take: Take }) {
  const { route } = useLocation();
  const [recusing, setRecusing] = useState(false);
  const look = caseLook(view.state);
  return (
    <Page
      title={view.name}
      testid="review-case-page"
      lead={
        <span class="row">
          {view.group}
          <span data-testid="review-case-state" data-state={view.state}>
            <Badge tone={look.tone} icon={look.icon}>
              {look.words}
            </Badge>
          </span>
          {view.until && <span>{t("review.until", { when: dayAndTime(view.until) })}</span>}
        </span>
      }
      actions={
        <>
          <ButtonLink icon={ArrowLeft} look="quiet" href={reviewPath(id)} data-testid="review-back">
            {t("review.back")}
          </ButtonLink>
          {view.may.recuse && (
            <Button look="quiet" icon={UserRoundX} onClick={() => setRecusing(true)}>
              {t("review.recuse")}
            </Button>
          )}
        </>
      }
    >
      <Card title={t("review.steps")} testid="review-steps">
        <ol class="rv-steps" role="list">
          {stepsOf(view).map(({ name, standing }) => (
            <li
              key={name}
              class="rv-step"
              data-testid="review-step"
              data-step={name}
              data-standing={standing}
              aria-current={standing === "now" ? "step" : undefined}
            >
              <StepHead name={name} standing={standing} />
              {standing !== "none" && <StepBody name={name} standing={standing} view={view} take={take} />}
              {name === "statement" && standing === "none" && isTold(view) && (
                <p class="muted">{t("review.step.statement_none")}</p>
              )}
            </li>
          ))}
        </ol>
      </Card>
      <Card title={t("review.items")} testid="review-items">
        <ul class="stack rv-list" role="list">
          {view.items.map(item => (
            <li key={item.key}>
              <Item item={item} />
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t("review.log")} testid="review-log">
        <ul class="rv-looks" role="list">
          {view.log.map((line, index) => (
            <li key={index}>
              <span class="numbers muted">{dayAndTime(line.at)}</span>{" "}
              {maybe(`review.log.${line.what}`) ?? line.what}
              {line.who && `: ${line.who}`}
              {line.reason && <span dir="auto">. {line.reason}</span>}
            </li>
          ))}
        </ul>
        <div class="row">
          <span class="muted">{t("review.protocol")}</span>
          <Downloads
            path={reviewPath(id, "/protocol")}
            query={{ person: view.person, language: language.value }}
            testid="review-protocol"
          />
        </div>
      </Card>
      {recusing && (
        <ReasonDialog
          title={t("review.recuse")}
          label={t("review.recuse_reason")}
          action={t("review.recuse_yes")}
          testid="review-recusal"
          onClose={() => setRecusing(false)}
          onSave={async reason => {
            await recuseCase(id, view.person, reason);
            route(reviewPath(id));
          }}
        >
          <p>{t("review.recuse_words")}</p>
        </ReasonDialog>
      )}
    </Page>
  );
}

const isTold = (view: CaseView): boolean => !["open", "clean", "late", "to_notify"].includes(view.state);

const STANDINGS: Record<Standing, Icon> = {
  done: CircleCheck,
  now: CircleDot,
  later: CircleDashed,
  none: Minus,
};

function StepHead({ name, standing }: { name: StepName; standing: Standing }) {
  const Picture = STANDINGS[standing];
  return (
    <h3>
      <Picture size={18} aria-hidden /> {t(`review.step.${name}`)}{" "}
      <span class="muted small">({t(`review.standing.${standing}`)})</span>
    </h3>
  );
}

interface StepProps {
  name: StepName;
  standing: Standing;
  view: CaseView;
  take: Take;
}

function StepBody({ name, standing, view, take }: StepProps) {
  const { may } = view;
  switch (name) {
    case "looks":
      return <p class="muted">{t("review.step.looks_words")}</p>;
    case "notice":
      return may.notice ? (
        <Plain step="notice" words={t("review.step.notice_words")} take={take} />
      ) : (
        <p class="muted">{t("review.step.notice_words")}</p>
      );
    case "statement":
      if (view.statement) return <Quote said={view.statement} />;
      return standing === "now" && view.until ? (
        <p>{t("review.step.statement_wait", { when: dayAndTime(view.until) })}</p>
      ) : null;
    case "finding":
      if (view.finding) return <FindingWords finding={view.finding} />;
      return (
        <>
          <p class="muted">{t("review.step.finding_words")}</p>
          {may.finding && (
            <Chosen
              step="finding"
              legend={t("review.finding")}
              options={(["none", "violation"] as const).map(value => ({
                value,
                label: t(`review.finding.${value}`),
              }))}
              action={t("review.finding_do")}
              take={take}
            />
          )}
        </>
      );
    case "signatures":
      return (
        <>
          <p class="muted">
            {t("review.step.signatures_words", { quorum: view.quorum, count: view.signatures.length })}
          </p>
          <ul class="rv-looks" role="list">
            {view.signatures.map(one => (
              <li key={one.person} data-testid="review-signature">
                {one.name} ({maybe(`review.part.${one.part}`) ?? one.part}),{" "}
                <span class="muted">{dayAndTime(one.at)}</span>
              </li>
            ))}
          </ul>
          {may.sign && <Plain step="sign" words={t("review.step.sign_words")} take={take} />}
        </>
      );
    case "measure":
      if (view.measure) return <MeasureWords measure={view.measure} />;
      return (
        <>
          <p class="muted">{t("review.step.measure_words")}</p>
          {may.measure && <MeasureForm take={take} />}
        </>
      );
    case "appeal":
      return (
        <>
          {!view.appeal?.decided && <p class="muted">{t("review.step.appeal_words")}</p>}
          {view.appeal ? (
            <AppealWords appeal={view.appeal} />
          ) : (
            standing === "now" &&
            view.appeal_until && (
              <p>{t("review.step.appeal_until", { when: dayAndTime(view.appeal_until) })}</p>
            )
          )}
          {may.appeal && (
            <Chosen
              step="appeal"
              legend={t("review.appeal_result")}
              options={(["kept", "changed"] as const).map(value => ({
                value,
                label: t(`review.appeal.${value}`),
              }))}
              action={t("review.appeal_do")}
              take={take}
            />
          )}
        </>
      );
  }
}

function Item({ item }: { item: ItemView }) {
  const [open, setOpen] = useState(false);
  const look = itemLook(item.state);
  return (
    <article class="stack-tight" data-testid="review-case-item" data-state={item.state}>
      <div class="row">
        <h3 class="grow">
          {item.number}. {[...new Set(item.kinds.map(one => kindWord(one.kind)))].join(", ")}{" "}
          <span class="muted numbers">{clock(item.begins)}</span>
        </h3>
        <Badge tone={look.tone} icon={look.icon}>
          {look.words}
        </Badge>
        <Button aria-expanded={open} onClick={() => setOpen(!open)} data-testid="review-show">
          {t(open ? "review.hide" : "review.show")}
        </Button>
      </div>
      <LookList item={item} />
      {open && (
        <>
          <OwnPictures item={item} />
          <dl class="small muted rv-hash">
            {item.clips.map(clip => (
              <div key={clip.sha256}>
                <dt>
                  {t("review.hash")} ({clip.source})
                </dt>
                <dd class="mono">{clip.sha256}</dd>
              </div>
            ))}
            {item.stills.map(still => (
              <div key={still.url}>
                <dt>
                  {t("review.hash_still", { when: moment(still.ms), source: sourceWord(still.source) })}
                </dt>
                <dd class="mono">{still.sha256}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </article>
  );
}
