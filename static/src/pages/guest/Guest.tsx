/**
 * A guest's way in by a link: the name that others will see, agreement to the class's terms, then the
 * class. The link's token stands behind the hash of the address (`/guest#token`), where no server or proxy
 * writes it down, or in the path (`/guest/token`); it goes to the server in the body of a POST.
 */
import { useState } from "preact/hooks";
import { ArrowRight, LinkIcon } from "lucide-preact";
import { useLocation } from "preact-iso";
import { ApiError, get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import type { LoginAnswer } from "../../api/types";
import { language, t } from "../../i18n";
import { loadMe } from "../../state/me";
import { Button } from "../../ui/Button";
import { Check, Field } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Markdown } from "../../ui/Markdown";
import { Note } from "../../ui/Note";
import { Door } from "../../ui/Shell";
import { Load, State } from "../../ui/States";
import type { ConsentText } from "../settle/Consents";

/** Codes after which the link is of no more use. */
const GONE = new Set(["guest.link", "guest.full"]);

export default function Guest(props: { token?: string }) {
  const [token] = useState(() => props.token || location.hash.slice(1));
  const { route } = useLocation();
  const [name, setName] = useState("");
  const [agreed, setAgreed] = useState(false);
  const doing = useDoing();
  const loaded = useResource(
    signal => get<{ texts: ConsentText[] }>("/guest/texts", {}, signal),
    [language.value],
  );
  const texts = loaded.data?.texts ?? [];
  const enter = (event: Event): void => {
    event.preventDefault();
    void doing.run(async () => {
      const answer = await post<LoginAnswer & { lesson: string }>("/guest", {
        token,
        name: name.trim(),
        agreed: Object.fromEntries(texts.map(text => [text.text, text.version])),
        cookie: true,
      });
      await loadMe();
      route(`/lessons/${answer.lesson}/class`, true);
    });
  };
  if (token === "" || (doing.error instanceof ApiError && GONE.has(doing.error.code))) {
    return (
      <Door title={t("guest.title")} testid="guest">
        <State icon={LinkIcon} title={t("guest.gone")} testid="guest-gone" alert>
          {t("guest.gone_words")}
        </State>
      </Door>
    );
  }
  return (
    <Door title={t("guest.title")} lead={t("guest.lead")} testid="guest">
      <form class="stack" onSubmit={enter} noValidate>
        <Field
          label={t("guest.name")}
          hint={t("guest.name_hint")}
          value={name}
          onValue={setName}
          maxLength={120}
          autocomplete="name"
          autofocus
          data-testid="guest-name"
        />
        <p>{t("guest.terms")}</p>
        <Load of={loaded}>
          {({ texts: shown }) =>
            shown.map(text => (
              <details key={text.text} class="refuse">
                <summary>{text.title}</summary>
                <Markdown source={text.body} />
              </details>
            ))
          }
        </Load>
        <Check label={t("guest.agree")} checked={agreed} onValue={setAgreed} data-testid="guest-agree" />
        {doing.error !== undefined && (
          <Note tone="danger" testid="guest-error">
            {explain(doing.error)}
          </Note>
        )}
        <Button
          type="submit"
          look="primary"
          wide
          icon={ArrowRight}
          busy={doing.busy}
          disabled={name.trim().length < 2 || !agreed || texts.length === 0}
          data-testid="guest-enter"
        >
          {t("guest.enter")}
        </Button>
        <p class="muted small">{t("guest.refuse")}</p>
      </form>
    </Door>
  );
}
