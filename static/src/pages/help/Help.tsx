/**
 * Help for each role, on one page so that the browser finds every word of it and prints it whole. The own
 * roles come first; it can be read without logging in too, by whoever cannot.
 */
import { Printer } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { me } from "../../state/me";
import { Button, ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Shell";
import { State } from "../../ui/States";
import { LanguageSwitch, ThemeSwitch } from "../../ui/Switches";
import { inOrder, type Part } from "./order";
import { useTexts, type Texts } from "./texts";
import "./help.css";

export default function Help() {
  const texts = useTexts();
  const { own, others } = inOrder((me.value?.roles ?? []).map(one => one.role));
  const parts: Part[] = [...own, "everybody", ...others];
  return (
    <Page
      testid="help"
      title={t("help.title")}
      lead={t("help.lead")}
      actions={
        <Button icon={Printer} onClick={() => window.print()} data-testid="help-print">
          {t("action.print")}
        </Button>
      }
    >
      <nav class="help-list" aria-label={t("help.contents")}>
        {parts.map(part => (
          <a key={part} href={`#${part}`} class={own.includes(part) ? "help-own" : undefined}>
            {t(`help.part.${part}`)}
          </a>
        ))}
      </nav>
      {texts && parts.map(part => <Section key={part} part={part} texts={texts} />)}
      {texts === null && <span class="spinner" aria-hidden="true" />}
      {texts === undefined && (
        <State title={t("state.failed")} alert>
          {t("state.offline_words")}
        </State>
      )}
    </Page>
  );
}

function Section({ part, texts }: { part: Part; texts: Texts }) {
  const id = `help-${part}`;
  useEffect(() => {
    // The texts come after the address was read.
    if (location.hash === `#${part}`) document.getElementById(part)?.scrollIntoView();
  }, []);
  return (
    <section id={part} class="help-part" aria-labelledby={id} data-testid={id}>
      <h2 id={id}>{t(`help.part.${part}`)}</h2>
      <div class="help-chapters">
        {texts[part].map(chapter => (
          <div key={chapter.title} class="help-chapter">
            <h3>{chapter.title}</h3>
            <ul>
              {chapter.items.map(item => (
                <li key={item}>{item}</li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}

/** The same for whoever is not inside: from the log-in page. */
export function HelpOutside() {
  return (
    <div class="help-outside">
      <header class="help-head">
        <ButtonLink look="quiet" href="/" data-testid="help-back">
          {t("app.name")}
        </ButtonLink>
        <div class="row">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main id="main">
        <Help />
      </main>
    </div>
  );
}
