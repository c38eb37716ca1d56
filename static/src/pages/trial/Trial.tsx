/** The way into a trial class: asks the server for one and goes there; says so when all are taken. */
import { RotateCcw } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button, ButtonLink } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { useArrival } from "../../ui/Shell";
import { Loading, State } from "../../ui/States";

export default function Trial() {
  const { route } = useLocation();
  const { busy, error, run } = useDoing();
  useArrival(t("trial.title"));
  const begin = (): void =>
    void run(async () => {
      const { lesson } = await post<{ lesson: string }>("/trial", {});
      route(`/lessons/${encodeURIComponent(lesson)}/class`, true);
    });
  useEffect(begin, []);
  return (
    <main id="main" class="page page-narrow splash" data-testid="trial">
      {error === undefined ? (
        <Loading lines={2} />
      ) : (
        <State
          alert
          title={t("trial.title")}
          testid="trial-refused"
          action={
            <>
              <Button look="primary" icon={RotateCcw} busy={busy} onClick={begin} data-testid="trial-again">
                {t("action.retry")}
              </Button>
              <ButtonLink href="/">{t("action.home")}</ButtonLink>
            </>
          }
        >
          {explain(error)}
        </State>
      )}
    </main>
  );
}
