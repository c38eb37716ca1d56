/** The numbers behind the word for the link: delay, loss, rates, and which detour is taken. */
import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import { Dialog } from "../ui/Dialog";
import { useDesk } from "./context";
import { useLinkWord } from "./TopBar";

export function LinkDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { room } = useDesk();
  const word = useLinkWord();
  const quality = room.media.quality.value;
  const measured = quality.word !== "unknown";
  const percent = (share: number): string =>
    t("class.link_percent", { value: (share * 100).toFixed(share < 0.1 ? 1 : 0) });
  const rate = (kbps: number): string => t("class.link_kbps", { value: Math.round(kbps) });
  return (
    <Dialog open={open} title={t("class.link_title")} onClose={onClose} testid="dialog-link">
      <p class="link-now">{t(`class.link.${word}`)}</p>
      {!measured && <p class="muted">{t("class.link_unmeasured")}</p>}
      {measured && (
        <dl class="facts">
          <Fact name={t("class.link_rtt")}>
            {Number.isNaN(quality.rtt) ? "–" : t("class.link_ms", { value: Math.round(quality.rtt) })}
          </Fact>
          <Fact name={t("class.link_loss_in")}>{percent(quality.lossIn)}</Fact>
          <Fact name={t("class.link_loss_out")}>{percent(quality.lossOut)}</Fact>
          <Fact name={t("class.link_in")}>{rate(quality.kbpsIn)}</Fact>
          <Fact name={t("class.link_out")}>{rate(quality.kbpsOut)}</Fact>
        </dl>
      )}
      {(quality.tcp || quality.relayed) && <p class="small muted">{t("class.link_tcp")}</p>}
      {quality.cpuLimited && <p class="small muted">{t("class.link_cpu")}</p>}
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="keys-row">
      <dt>{name}</dt>
      <dd class="numbers">{children}</dd>
    </div>
  );
}
