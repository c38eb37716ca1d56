/**
 * What the page says above the pictures when something is not as usual: the link is coming back, the
 * sound waits for a click, a device failed. Nothing here asks anybody to rejoin.
 */
import { RefreshCw, Volume2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDesk } from "./context";
import { DeviceFaults } from "./DeviceSelects";
import { FloorBanner, PollBanner } from "./talk/TalkBanners";

const PATIENCE = 800; // ms: shorter gaps are nobody's business

export function Banners() {
  const { room } = useDesk();
  const socket = useLasting(room.socket.state.value === "reconnecting");
  const media = useLasting(room.media.state.value === "recovering");
  return (
    <div class="banners">
      {(socket || media) && (
        <div class="banner" role="status" data-testid="reconnecting">
          <RefreshCw size={20} aria-hidden class="turning" />
          <span>{socket ? t("class.reconnecting") : t("class.recovering")}</span>
        </div>
      )}
      {room.sound.blocked.value && (
        <div class="banner" role="status">
          <Volume2 size={20} aria-hidden />
          <span class="grow">{t("class.tap_words")}</span>
          <Button look="primary" onClick={() => room.sound.unblock()} data-testid="sound-unblock">
            {t("class.tap_to_hear")}
          </Button>
        </div>
      )}
      <DeviceFaults local={room.local} fresh />
      <FloorBanner />
      <PollBanner />
    </div>
  );
}

function useLasting(on: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!on) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [on]);
  return on && lasting;
}
