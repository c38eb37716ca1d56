/** The check of the equipment: camera, screens, the link; each with advice, and one verdict that is kept. */
import { Camera, RotateCw } from "lucide-preact";
import { useState } from "preact/hooks";
import { DeviceFaults, DeviceSelects } from "../class/DeviceSelects";
import { OwnVideo } from "../class/Face";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { takeStep } from "./api";
import { useExam, useView } from "./context";
import { judge, tripTime, type Advice } from "./device";
import { displays } from "./watch";

/** The first frame tells the real size of the picture; some cameras need a moment for it, ms. */
const SETTLE = 600;

export function Equipment() {
  const { room } = useExam();
  const view = useView();
  const { attempt, local } = room;
  const { cam } = local;
  const doing = useDoing();
  const [found, setFound] = useState<ReturnType<typeof judge> | null>(null);
  const check = (): void =>
    void doing.run(async () => {
      if (cam.state.value !== "on") await local.on("cam");
      if (view.rules?.sound && local.mic.state.value !== "on") await local.on("mic");
      await new Promise(done => setTimeout(done, SETTLE));
      const track = cam.track.value;
      const { width = 0, height = 0 } = track?.getSettings() ?? {};
      const camera = track ? { width, height, label: track.label } : null;
      setFound(judge({ camera, displays: displays(), trip: await tripTime() }));
    });
  const keep = (verdict: string, advice: readonly Advice[]): void =>
    void doing.run(() =>
      attempt.act(() =>
        takeStep(attempt.exam, attempt.tab, "equipment", verdict, { advice: advice.join(" ") }),
      ),
    );
  return (
    <>
      <p>{t("exam.equip.lead")}</p>
      <div class="exam-look" data-testid="exam-preview" data-cam={cam.state.value}>
        {cam.track.value ? <OwnVideo track={cam.track.value} /> : <Camera size={40} aria-hidden />}
      </div>
      <DeviceFaults local={local} />
      {cam.state.value === "on" && <DeviceSelects local={local} kinds={["cam"]} />}
      {found && (
        <Note
          tone={found.verdict === "good" ? "good" : found.verdict === "weak" ? "plain" : "warn"}
          testid="exam-verdict"
        >
          <p data-verdict={found.verdict}>
            <strong>{t(`exam.equip.${found.verdict}`)}</strong>
          </p>
          {found.advice.length > 0 && (
            <ul class="plain-words">
              {found.advice.map(one => (
                <li key={one}>{t(`exam.advice.${one}`)}</li>
              ))}
            </ul>
          )}
        </Note>
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        {found && (
          <Button
            look="primary"
            busy={doing.busy}
            onClick={() => keep(found.verdict, found.advice)}
            data-testid="exam-equip-go"
          >
            {t("exam.go_on")}
          </Button>
        )}
        <Button
          look={found ? "plain" : "primary"}
          icon={found ? RotateCw : Camera}
          busy={doing.busy}
          onClick={check}
          data-testid="exam-equip-check"
        >
          {found ? t("exam.equip.again") : t("exam.equip.check")}
        </Button>
      </div>
    </>
  );
}
