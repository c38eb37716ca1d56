/** The last step: the whole screen, and how to give it. A window or a tab is refused with the right way. */
import { MonitorUp } from "lucide-preact";
import { DeviceFaults } from "../class/DeviceSelects";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { useExam } from "./context";

export function Share() {
  const { room } = useExam();
  const doing = useDoing();
  const part = room.local.screen.cause.value === "part";
  return (
    <>
      <p>{t("exam.share_words")}</p>
      <ol class="plain-words">
        <li>{t("exam.share_1")}</li>
        <li>{t("exam.share_2")}</li>
        <li>{t("exam.share_3")}</li>
      </ol>
      {part ? (
        <Note tone="warn" testid="exam-share-part">
          {t("devices.cause.part")}
        </Note>
      ) : (
        <DeviceFaults local={room.local} />
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          look="primary"
          icon={MonitorUp}
          busy={doing.busy}
          onClick={() => void doing.run(() => room.share())}
          data-testid="exam-share"
        >
          {t("exam.share")}
        </Button>
      </div>
    </>
  );
}
