/** The page itself fell over, or a piece of it could not be loaded after the server was renewed. */
import { RotateCw, TriangleAlert } from "lucide-preact";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Door } from "../../ui/Shell";
import { State } from "../../ui/States";

export function Crashed() {
  const again = (
    <Button look="primary" icon={RotateCw} onClick={() => location.reload()} data-testid="reload">
      {t("state.reload")}
    </Button>
  );
  return (
    <Door title={t("app.name")} testid="crashed">
      <State icon={TriangleAlert} title={t("state.crashed")} action={again} alert>
        {t("state.crashed_words")}
      </State>
    </Door>
  );
}
