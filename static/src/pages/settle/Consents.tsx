/**
 * The texts a person accepts before anything else (R17): each is read and accepted by itself, with its
 * version. Refusing is possible and has a way, which is told here.
 */
import { useState } from "preact/hooks";
import { Check as Tick } from "lucide-preact";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { language, t } from "../../i18n";
import { loadMe, logout } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Markdown } from "../../ui/Markdown";
import { Note } from "../../ui/Note";
import { Door } from "../../ui/Shell";
import { Load } from "../../ui/States";
import "./settle.css";

export interface ConsentText {
  text: string;
  version: string | number;
  title: string;
  body: string;
}

export default function Consents() {
  const pending = useResource(
    signal => get<{ pending: ConsentText[] }>("/consents", {}, signal),
    [language.value],
  );
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const going = useDoing();
  const leaving = useDoing();
  return (
    <Door wide title={t("consents.title")} lead={t("consents.lead")} testid="consents">
      <Load of={pending}>
        {({ pending: texts }) => (
          <>
            {texts.map(text => (
              <Consent
                key={text.text}
                text={text}
                accepted={accepted.includes(text.text)}
                onAccept={() => setAccepted(old => [...old, text.text])}
              />
            ))}
            <details class="refuse">
              <summary data-testid="consent-refuse">{t("consents.refuse")}</summary>
              <p>{t("consents.refuse_words")}</p>
            </details>
            {going.error !== undefined && <Note tone="danger">{explain(going.error)}</Note>}
            <div class="row">
              {texts.every(text => accepted.includes(text.text)) && (
                <Button
                  look="primary"
                  busy={going.busy}
                  onClick={() => void going.run(async () => void (await loadMe()))}
                  data-testid="consents-continue"
                >
                  {t("action.continue")}
                </Button>
              )}
              <Button
                look="quiet"
                busy={leaving.busy}
                onClick={() => void leaving.run(logout)}
                data-testid="logout"
              >
                {t("action.logout")}
              </Button>
            </div>
          </>
        )}
      </Load>
    </Door>
  );
}

function Consent({
  text,
  accepted,
  onAccept,
}: {
  text: ConsentText;
  accepted: boolean;
  onAccept: () => void;
}) {
  const doing = useDoing();
  const accept = (): void =>
    void doing.run(async () => {
      await post("/consents", { text: text.text, version: text.version });
      onAccept();
    });
  return (
    <article class="consent">
      <header class="consent-head">
        <h2>{text.title}</h2>
        <span class="muted small">{t("consents.version", { version: text.version })}</span>
      </header>
      <div class="consent-body" tabIndex={0} role="region" aria-label={text.title}>
        <Markdown source={text.body} />
      </div>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row" aria-live="polite">
        {accepted ? (
          <Badge tone="good" icon={Tick}>
            {t("consents.accepted")}
          </Badge>
        ) : (
          <Button
            look="primary"
            icon={Tick}
            busy={doing.busy}
            onClick={accept}
            data-testid="consent-accept"
            data-text={text.text}
          >
            {t("consents.accept")}
          </Button>
        )}
      </div>
    </article>
  );
}
