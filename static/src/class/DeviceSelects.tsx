/**
 * Choosing camera, microphone and speakers, and a plain word when one of them does not work. Used before
 * the class and inside it.
 */
import { RotateCw, TriangleAlert, X } from "lucide-preact";
import { maybe, t, type Key } from "../i18n";
import { browserOf, type Cause } from "../media/capture";
import type { DeviceKind } from "../media/devices";
import type { LocalMedia } from "../media/local";
import { Button, IconButton } from "../ui/Button";
import { Select } from "../ui/Field";

export function DeviceSelects({ local, kinds }: { local: LocalMedia; kinds: readonly DeviceKind[] }) {
  return (
    <>
      {kinds.map(kind => (
        <DeviceSelect key={kind} local={local} kind={kind} />
      ))}
    </>
  );
}

function DeviceSelect({ local, kind }: { local: LocalMedia; kind: DeviceKind }) {
  const list = local.devices.lists.value[kind].filter(device => device.id !== "" && device.id !== "default");
  if (list.length === 0 || (kind === "speaker" && !("setSinkId" in HTMLMediaElement.prototype))) return null;
  const chosen = local.choices.value[`${kind}Device`];
  const numbered: Key = `devices.numbered_${kind}`;
  const options = list.map((device, index) => ({
    value: device.id,
    label: device.label || t(numbered, { number: index + 1 }),
  }));
  return (
    <Select
      label={t(`devices.${kind}`)}
      none={t("devices.usual")}
      value={list.some(device => device.id === chosen) ? chosen : ""}
      options={options}
      onValue={device => void local.use(kind, device)}
      data-testid={`device-${kind}`}
    />
  );
}

interface Fault {
  sources: ("mic" | "cam" | "screen")[];
  cause: Cause;
}

/** One notice a cause: what keeps both the camera and the microphone away is said once. */
function faultsOf(local: LocalMedia, fresh: boolean): Fault[] {
  const found: Fault[] = [];
  for (const source of ["cam", "mic", "screen"] as const) {
    const cause = local[source].cause.value;
    if (!cause || (fresh && local[source].known.value)) continue;
    const same = found.find(fault => fault.cause === cause && source !== "screen");
    if (same) same.sources.push(source);
    else found.push({ sources: [source], cause });
  }
  return found;
}

/**
 * Why the camera, the microphone or the screen does not work, and what helps in this browser. In the
 * class only what is new is shown (`fresh`), and it can be put away.
 */
export function DeviceFaults({ local, fresh = false }: { local: LocalMedia; fresh?: boolean }) {
  return (
    <>
      {faultsOf(local, fresh).map(fault => (
        <Notice key={fault.sources.join()} local={local} fault={fault} closes={fresh} />
      ))}
    </>
  );
}

function Notice({
  local,
  fault: { sources, cause },
  closes,
}: {
  local: LocalMedia;
  fault: Fault;
  closes: boolean;
}) {
  const help = cause === "denied" ? maybe(`devices.allow.${browserOf(navigator.userAgent)}`) : undefined;
  const again = !sources.includes("screen") && cause !== "insecure" && cause !== "unsupported";
  const what = sources.length > 1 ? "both" : (sources[0] ?? "cam");
  const retry = async (): Promise<void> => {
    for (const source of sources) if (source !== "screen") await local.on(source);
  };
  return (
    <div class="fault" role="alert" data-testid={`fault-${what}`} data-cause={cause}>
      <TriangleAlert size={20} aria-hidden />
      <div class="grow">
        <p class="fault-title">{t(`devices.failed_${what}`)}</p>
        <p>
          {t(`devices.cause.${cause}`)} {help}
        </p>
      </div>
      {again && (
        <Button icon={RotateCw} onClick={() => void retry()} data-testid={`fault-${what}-again`}>
          {t("devices.again")}
        </Button>
      )}
      {closes && (
        <IconButton
          icon={X}
          label={t("action.close")}
          onClick={() => local.accept(sources)}
          data-testid={`fault-${what}-close`}
        />
      )}
    </div>
  );
}
