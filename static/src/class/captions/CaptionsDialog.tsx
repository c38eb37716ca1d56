/** How one wants captions: on or off, how large; and for whoever may, writing them. */
import { PenLine } from "lucide-preact";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Check, Choice } from "../../ui/Field";
import { useDesk } from "../context";
import { SIZES, type CaptionSize } from "./captions";

export default function CaptionsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { room } = useDesk();
  const { captions, state } = room;
  const { on, size } = captions.choice.value;
  const may =
    state.phase.value === "open" && (state.rights.value.open || captions.writers.value.has(state.you.value));
  return (
    <Dialog open={open} title={t("captions.title")} onClose={onClose} testid="dialog-captions">
      <div class="stack">
        <p class="muted">{t(captions.used.value ? "captions.words" : "captions.none")}</p>
        <Check
          label={t("captions.on")}
          checked={on}
          onValue={value => captions.choose({ on: value })}
          data-testid="captions-on"
        />
        <Choice
          label={t("captions.size")}
          value={size}
          options={SIZES.map(value => ({ value, label: t(`captions.size.${value}`) }))}
          onValue={value => captions.choose({ size: value as CaptionSize })}
          testid="captions-size"
        />
        {may && (
          <Button
            icon={PenLine}
            onClick={() => {
              captions.writing.value = true;
              onClose();
            }}
            data-testid="captions-write"
          >
            {t("captions.write")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
