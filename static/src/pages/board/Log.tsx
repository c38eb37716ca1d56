/** What is known and said about one lesson: facts of the network, explanations, notes, visits, moves. */
import { MessageSquareText, Network, Phone } from "lucide-preact";
import { t } from "../../i18n";
import { clock, dayAndTime } from "../../i18n/dates";
import { moment } from "./State";
import type { LessonLog } from "./words";

export function Log({ log }: { log: LessonLog }) {
  return (
    <>
      {log.facts.length > 0 && (
        <section class="stack-tight">
          <h3 class="board-part">
            <Network size={18} aria-hidden /> {t("board.facts")}
          </h3>
          <ul class="plain-list" role="list">
            {log.facts.map(fact => (
              <li key={`${fact.kind}${fact.at}`} data-testid="board-fact" data-kind={fact.kind}>
                {t(`board.fact.${fact.kind}`, { at: clock(fact.at), count: fact.seconds })}
              </li>
            ))}
          </ul>
        </section>
      )}
      {log.lines.length > 0 && (
        <section class="stack-tight">
          <h3 class="board-part">
            <MessageSquareText size={18} aria-hidden /> {t("board.log")}
          </h3>
          <ul class="plain-list" role="list">
            {log.lines.map(line => (
              <li key={`${line.kind}${line.time}`} data-testid="board-line" data-kind={line.kind}>
                <span class="stack-tight">
                  <span>
                    <strong>{t(`board.line.${line.kind}`)}</strong>
                    {line.was && line.now && ` ${moment(line.was)} → ${moment(line.now)}`}
                    {line.text && `: ${line.text}`}
                  </span>
                  <span class="muted small">
                    {line.author}, {dayAndTime(line.time)}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {log.contacts.length > 0 && (
        <section class="stack-tight">
          <h3 class="board-part">
            <Phone size={18} aria-hidden /> {t("board.contacts")}
          </h3>
          <ul class="plain-list" role="list">
            {log.contacts.map(({ name, email, phone }) => (
              <li key={name} data-testid="board-contact">
                <span>{name}</span>
                <span class="row">
                  {phone && <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</a>}
                  {email && <a href={`mailto:${email}`}>{email}</a>}
                  {!phone && !email && <span class="muted">{t("board.no_contact")}</span>}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
