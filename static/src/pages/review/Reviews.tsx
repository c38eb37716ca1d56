/** The exams on whose commission one sits: what waits for me, how long it took so far, the term. */
import { ClipboardList, Eye } from "lucide-preact";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { capital, dayAndTime, isoDay, longDay } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { listReviews } from "./api";
import type { ReviewCard } from "./types";
import "./review.css";

export default function Reviews() {
  const reviews = useResource(listReviews, []);
  return (
    <Page narrow title={t("review.title")} lead={t("review.lead")} testid="reviews">
      <Load of={reviews}>
        {({ exams }) =>
          exams.length === 0 ? (
            <Empty icon={ClipboardList} title={t("review.none")} testid="reviews-empty">
              {t("review.none_words")}
            </Empty>
          ) : (
            <ul class="stack rv-list" role="list">
              {exams.map(exam => (
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

function Card({ exam }: { exam: ReviewCard }) {
  return (
    <article class="card" data-testid="review-exam" data-exam={exam.id}>
      <header class="row">
        <h2 class="grow" dir="auto">
          {exam.title || exam.discipline}
        </h2>
        {exam.mine > 0 ? (
          <Badge tone="accent" icon={Eye} testid="review-mine">
            {t("review.mine", { count: exam.mine })}
          </Badge>
        ) : (
          <Badge tone="good">{t("review.mine_none")}</Badge>
        )}
      </header>
      <p class="muted">
        {[capital(longDay(isoDay(new Date(exam.starts)))), exam.title && exam.discipline]
          .filter(Boolean)
          .join(", ")}
      </p>
      <p>
        {t("review.open_of", { open: exam.open, items: exam.items })},{" "}
        {t("review.minutes", { count: exam.minutes })}
      </p>
      {exam.release && <p class="muted">{t("review.release", { when: dayAndTime(exam.release) })}</p>}
      <div class="row">
        <ButtonLink
          look={exam.mine > 0 ? "primary" : "plain"}
          href={`/exams/${encodeURIComponent(exam.id)}/review`}
          data-testid="review-open"
        >
          {t("review.open_desk")}
        </ButtonLink>
      </div>
    </article>
  );
}
