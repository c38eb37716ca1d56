/**
 * What the rules mean for you, said when it happens: you are asked to switch on, you were muted. Nothing
 * is switched on by anybody but you.
 */
import { Mic, MicOff, Video } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { useDesk } from "../context";

export function AskedNotice() {
  const { room } = useDesk();
  const asked = room.state.order.asked;
  const one = asked.value;
  const on = one !== null && room.local[one.source].state.value === "on";
  useEffect(() => {
    if (on) asked.value = null;
  }, [on]);
  if (!one || on) return null;
  const name = room.state.name(one.by);
  const close = (): void => {
    asked.value = null;
  };
  const yes = (): void => {
    close();
    void room.local.toggle(one.source);
  };
  const Picture = one.source === "mic" ? Mic : Video;
  return (
    <div class="banner banner-calm" role="alert" data-testid="asked">
      <Picture size={20} aria-hidden />
      <span class="grow">{t(one.source === "mic" ? "order.asks_mic" : "order.asks_cam", { name })}</span>
      <Button onClick={close} data-testid="asked-no">
        {t("order.not_now")}
      </Button>
      <Button look="primary" onClick={yes} data-testid="asked-yes">
        {t("order.switch_on")}
      </Button>
    </div>
  );
}

const LASTS = 8_000; // ms

/** Shown for a while after you were muted; gone as soon as you switch on again. */
export function MutedNotice() {
  const { room } = useDesk();
  const mutes = room.state.order.mutes.value;
  const seen = useRef(mutes);
  const [shown, setShown] = useState(false);
  const on = room.local.mic.state.value === "on";
  useEffect(() => {
    if (mutes === seen.current) return;
    seen.current = mutes;
    setShown(true);
    const timer = setTimeout(() => setShown(false), LASTS);
    return () => clearTimeout(timer);
  }, [mutes]);
  if (!shown || on || room.state.order.asked.value?.source === "mic") return null;
  return (
    <div class="banner banner-calm" role="status" data-testid="muted">
      <MicOff size={20} aria-hidden />
      <span class="grow">{t("order.muted")}</span>
    </div>
  );
}
