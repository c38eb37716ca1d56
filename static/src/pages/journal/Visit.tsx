/** What a phone shows after it has scanned the code of a class: marked, or why not. */
import { CircleCheck, CircleX } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Page } from "../../ui/Shell";
import { Loading } from "../../ui/States";
import "./journal.css";

interface Scanned {
  lesson: string;
  title: string;
}

export default function Visit({ code }: { code: string }) {
  const [done, setDone] = useState<Scanned>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    post<Scanned>("/visits", { code }).then(setDone, setError);
  }, [code]);
  return (
    <Page narrow title={t("visit.title")} testid="visit">
      {!done && error === undefined && <Loading lines={2} />}
      {done && (
        <div class="visit visit-done" role="status" data-testid="visit-done">
          <CircleCheck size={72} aria-hidden />
          <p class="visit-words">{t("visit.done")}</p>
          <p>{t("visit.lesson", { title: done.title })}</p>
        </div>
      )}
      {error !== undefined && (
        <div class="visit visit-refused" role="alert" data-testid="visit-refused">
          <CircleX size={72} aria-hidden />
          <p class="visit-words">{explain(error)}</p>
        </div>
      )}
    </Page>
  );
}
