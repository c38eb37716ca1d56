/**
 * What a person chose last time on this device: which camera and microphone, and whether they were on.
 * Kept in local storage; a store that is missing or broken means the gentle defaults.
 */
export interface Choices {
  mic: boolean;
  cam: boolean;
  micDevice: string;
  camDevice: string;
  speakerDevice: string;
}

const PLACE = "sabak.devices";
const DEFAULTS: Choices = { mic: true, cam: true, micDevice: "", camDevice: "", speakerDevice: "" };

export function readChoices(kept: string | null): Choices {
  try {
    const from = JSON.parse(kept ?? "{}") as Partial<Record<keyof Choices, unknown>>;
    const word = (value: unknown): string => (typeof value === "string" ? value.slice(0, 200) : "");
    return {
      mic: from.mic !== false,
      cam: from.cam !== false,
      micDevice: word(from.micDevice),
      camDevice: word(from.camDevice),
      speakerDevice: word(from.speakerDevice),
    };
  } catch {
    return DEFAULTS;
  }
}

export function loadChoices(): Choices {
  try {
    return readChoices(localStorage.getItem(PLACE));
  } catch {
    return DEFAULTS;
  }
}

export function saveChoices(choices: Choices): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(choices));
  } catch {
    // No storage: the choices hold as long as the page.
  }
}
