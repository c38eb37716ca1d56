/** How far a student is: questions answered, and when the server last kept an answer. Read only. */
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { Load } from "../../ui/States";
import { readAnswers } from "./api";
import type { Detail } from "./types";

export function Answers({ exam, one }: { exam: string; one: Detail }) {
  const found = useResource(signal => readAnswers(exam, one.person, signal), [exam, one.person]);
  return (
    <div class="stack-tight">
      <p data-testid="wall-answered" data-count={one.answered}>
        {t("wall.answered", { n: one.answered, of: one.of })}
      </p>
      <Load of={found} lines={2}>
        {({ answers }) => (
          <ol class="pw-answers">
            {Object.entries(answers).map(([question, answer]) => (
              <li key={question}>
                <p dir="auto">{answer.text || answer.choice.map(index => index + 1).join(", ") || "-"}</p>
                <p class="muted small">
                  {answer.files.map(file => file.name).join(", ")} {answer.saved && clock(answer.saved)}
                </p>
              </li>
            ))}
          </ol>
        )}
      </Load>
    </div>
  );
}
