/**
 * What is watched in an exam, why an episode would be marked, what follows, who sees it and when it is
 * deleted: the approved rules in plain words, and after the exam the own episodes with their reason.
 */
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { readExam } from "../../exam/api";
import { kindName, streamName, whenCleared, whyMarked } from "../../exam/kinds";
import { spanOf } from "../../exam/Still";
import type { AttemptView, ExamView, FlagView, RulesView } from "../../exam/types";
import { t } from "../../i18n";
import { dayMonth } from "../../i18n/dates";
import { ButtonLink } from "../../ui/Button";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import "./exams.css";

interface Found {
  exam: ExamView;
  attempt: AttemptView | null;
}

export default function ExamRules({ id }: { id: string }) {
  const found = useResource<Found>(
    async signal => {
      const exam = await readExam(id, signal);
      const path = `/exams/${encodeURIComponent(id)}/attempt`;
      // Who has no attempt reads the rules all the same.
      const attempt = exam.you.sit
        ? await get<AttemptView>(path, { tab: "rules" }, signal).catch(() => null)
        : null;
      return { exam, attempt };
    },
    [id],
  );
  return (
    <Page
      narrow
      title={t("exam.watched")}
      lead={found.data && (found.data.exam.title || t("exam.rehearsal"))}
      testid="exam-rules"
    >
      <Load of={found}>
        {({ exam, attempt }) =>
          exam.rules ? (
            <div class="stack">
              {attempt && <Own attempt={attempt} rules={exam.rules} />}
              <RulesInWords rules={exam.rules} watched={attempt?.watched ?? null} />
              {exam.you.sit && exam.state !== "over" && (
                <div>
                  <ButtonLink look="primary" href={`/exams/${encodeURIComponent(id)}`}>
                    {t("exam.to_exam")}
                  </ButtonLink>
                </div>
              )}
            </div>
          ) : (
            <Empty title={t("exam.no_rules")} />
          )
        }
      </Load>
    </Page>
  );
}

/** The rules as sentences. `watched`: kinds judged for this student; null where that is not known. */
export function RulesInWords({ rules, watched }: { rules: RulesView; watched: readonly string[] | null }) {
  const on = rules.kinds.filter(rule => (watched ? watched.includes(rule.kind) : rule.on));
  const off = rules.kinds.filter(rule => !on.includes(rule));
  const streams = [...new Set(on.map(rule => rule.stream))];
  return (
    <>
      <Card title={t("exam.watched.what")}>
        <p>{rules.sound ? t("exam.rules.recorded_sound") : t("exam.rules.recorded")}</p>
        {streams.map(stream => (
          <section key={stream} class="stack-tight">
            <h3>{streamName(stream)}</h3>
            <ul class="plain-list rule-list" role="list">
              {on
                .filter(rule => rule.stream === stream)
                .map(rule => (
                  <li key={rule.kind} data-testid="exam-rule" data-kind={rule.kind}>
                    <span class="stack-tight">
                      <strong>{kindName(rule.kind)}</strong>
                      <span>
                        {whyMarked(rule)} <span class="muted">{whenCleared(rule)}</span>
                      </span>
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
        {off.length > 0 && (
          <p class="muted" data-testid="exam-rule-off">
            {t("exam.watched.off", {
              list: off.map(rule => kindName(rule.kind).toLocaleLowerCase()).join(", "),
            })}
          </p>
        )}
        <p>{t("exam.watched.browser")}</p>
      </Card>
      <Card title={t("exam.watched.follows")}>
        <p>{t("exam.watched.person")}</p>
        <p>{t("exam.watched.unknown")}</p>
        <p data-testid="exam-rule-breaks">
          {rules.breaks > 0
            ? t("exam.rules.breaks", { count: rules.breaks, minutes: rules.break_minutes })
            : t("exam.rules.no_breaks")}{" "}
          {t("exam.watched.break")}
        </p>
        <p data-testid="exam-rule-away">{t("exam.watched.away", { count: rules.away_minutes })}</p>
      </Card>
      <Card title={t("exam.watched.who")}>
        <p>{t("exam.watched.who_words")}</p>
        <p data-testid="exam-rule-keep">{t("exam.rules.kept", { count: rules.keep_days })}</p>
        <p>{t("exam.watched.rights")}</p>
        {rules.date && (
          <p class="muted">
            {t("exam.watched.approved", {
              title: rules.title,
              version: rules.version,
              protocol: rules.protocol,
              day: `${dayMonth(rules.date)} ${rules.date.slice(0, 4)}`,
            })}
          </p>
        )}
      </Card>
    </>
  );
}

function Own({ attempt, rules }: { attempt: AttemptView; rules: RulesView }) {
  const done = ["submitted", "over", "suspended"].includes(attempt.state);
  if (!done && attempt.flags.length === 0) return null;
  return (
    <Card title={t("exam.flags")} testid="exam-own-flags">
      {attempt.flags.length === 0 ? (
        <p>{t("exam.no_flags")}</p>
      ) : (
        <>
          <p>{t("exam.flags_words")}</p>
          <ul class="plain-list rule-list" role="list">
            {attempt.flags.map(flag => (
              <OwnFlag key={flag.n} flag={flag} rules={rules} />
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function OwnFlag({ flag, rules }: { flag: FlagView; rules: RulesView }) {
  const rule = rules.kinds.find(one => one.kind === flag.kind);
  return (
    <li data-testid="exam-own-flag" data-kind={flag.kind}>
      <span class="stack-tight">
        <strong>{kindName(flag.kind)}</strong>
        <span class="numbers">{spanOf(flag.begin, flag.end)}</span>
        {rule && <span class="muted">{t("exam.flag_why", { why: whyMarked(rule) })}</span>}
      </span>
    </li>
  );
}
