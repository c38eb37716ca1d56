/** What the page before the class has found: whether this browser can do it, and how the network is. */
import { Copy, Signal as SignalGood, SignalLow, SignalMedium, WifiOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button, type Icon } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Note } from "../../ui/Note";
import { featuresOf, insideOf, unfit } from "./fit";
import { largest, measure, type Verdict } from "./network";

const PICTURES: Record<Verdict, Icon> = {
  good: SignalGood,
  fair: SignalMedium,
  weak: SignalLow,
  blocked: WifiOff,
};

/** Nothing where the browser is a usual one. */
export function BrowserNote() {
  const agent = navigator.userAgent;
  const why = unfit(agent, featuresOf(globalThis), globalThis);
  if (!why) return null;
  const name = insideOf(agent, globalThis);
  const words =
    why === "old"
      ? t("order.browser_old")
      : name === "?"
        ? t("order.browser_inside")
        : t("order.browser_inside_name", { name });
  return (
    <Note tone="warn" testid="prejoin-browser">
      <p>{words}</p>
      <Button icon={Copy} onClick={() => void copyText(location.href)} data-testid="prejoin-copy">
        {t("order.copy_address")}
      </Button>
    </Note>
  );
}

/** Measured once, quietly; a weak network keeps nobody out. */
export function NetworkNote() {
  const [verdict, setVerdict] = useState<Verdict | "">("");
  useEffect(() => {
    const stop = new AbortController();
    void measure(stop.signal, largest()).then(found => {
      if (!stop.signal.aborted) setVerdict(found);
    });
    return () => stop.abort();
  }, []);
  const Picture = verdict ? PICTURES[verdict] : null;
  return (
    <p
      class={verdict === "weak" || verdict === "blocked" ? "prejoin-net prejoin-net-warn" : "prejoin-net"}
      role="status"
      data-testid="prejoin-network"
      data-verdict={verdict}
    >
      {Picture ? <Picture size={18} aria-hidden /> : <span class="spinner" aria-hidden="true" />}
      <span>{verdict ? t(`order.network_${verdict}`) : t("order.network_measuring")}</span>
    </p>
  );
}
