/**
 * Choosing camera, microphone and speakers, and a plain word when one of them does not work. Used before
 * the class and inside it.
 */
import { RotateCw, TriangleAlert } from "lucide-preact";
import { maybe, t, type Key } from "../i18n";
import { browserOf } from "../media/capture";
import type { DeviceKind } from "../media/devices";
import type { LocalMedia } from "../media/local";
import { Button } from "../ui/Button";
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

/** Why the camera, the microphone or the screen does not work, and what helps in this browser. */
export function DeviceFault({ local, source }: { local: LocalMedia; source: "mic" | "cam" | "screen" }) {
  const cause = local[source].cause.value;
  if (!cause) return null;
  const help = cause === "denied" ? maybe(`devices.allow.${browserOf(navigator.userAgent)}`) : undefined;
  const again = source !== "screen" && cause !== "insecure" && cause !== "unsupported";
  return (
    <div class="fault" role="alert" data-testid={`fault-${source}`} data-cause={cause}>
      <TriangleAlert size={20} aria-hidden />
      <div class="grow">
        <p class="fault-title">{t(`devices.failed_${source}`)}</p>
        <p>
          {t(`devices.cause.${cause}`)} {help}
        </p>
      </div>
      {again && (
        <Button icon={RotateCw} onClick={() => void local.on(source)} data-testid={`fault-${source}-again`}>
          {t("devices.again")}
        </Button>
      )}
    </div>
  );
}
