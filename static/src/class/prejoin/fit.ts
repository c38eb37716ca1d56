/**
 * Whether this browser can carry a class at all, and if not, why: what it says of itself and what it has
 * flow in, a word flows out. Browsers inside other programs and very old ones fail in odd ways later, so
 * it is said before. Pure.
 */

/** `inside`: a page opened within another program; `old`: it lacks what a class is made of. */
export type Unfit = "" | "inside" | "old";

export interface Features {
  /** RTCPeerConnection with transceivers. */
  calls: boolean;
  /** A sender's track can be replaced (Safari from 12.1 on). */
  replaces: boolean;
  sockets: boolean;
}

const INSIDE: readonly [RegExp, string][] = [
  [/Telegram/i, "Telegram"],
  [/Instagram/i, "Instagram"],
  [/\bFB(AN|AV|_IAB)\b/, "Facebook"],
  [/WhatsApp/i, "WhatsApp"],
  [/\bLine\//i, "Line"],
  [/VKAndroidApp|VKontakte/i, "VK"],
  [/OKApp|OKAndroid/i, "OK"],
  [/MicroMessenger/i, "WeChat"],
];

/** What Telegram puts into the pages of its own window, on both systems. */
const TELEGRAM = ["TelegramWebview", "TelegramWebviewProxy", "TelegramWebviewProxyProto"];

/** The program whose own window this is: its name, `""` for a real browser, `?` for one unknown. */
export function insideOf(agent: string, page: object = {}): string {
  // On an iPhone its window calls itself Safari.
  if (TELEGRAM.some(name => name in page)) return "Telegram";
  for (const [pattern, name] of INSIDE) if (pattern.test(agent)) return name;
  if (/;\s*wv\)/.test(agent)) return "?"; // Android's web view says so itself
  // A window of iOS within another program has no "Safari" in its name.
  if (/iPhone|iPad/.test(agent) && /AppleWebKit/.test(agent) && !/Safari\//.test(agent)) return "?";
  return "";
}

export function unfit(agent: string, features: Features, page: object = {}): Unfit {
  if (insideOf(agent, page)) return "inside";
  return features.calls && features.replaces && features.sockets ? "" : "old";
}

export function featuresOf(from: typeof globalThis): Features {
  const connection = (from as { RTCPeerConnection?: { prototype: object } }).RTCPeerConnection;
  const sender = (from as { RTCRtpSender?: { prototype: object } }).RTCRtpSender;
  return {
    calls: connection !== undefined && "addTransceiver" in connection.prototype,
    replaces: sender !== undefined && "replaceTrack" in sender.prototype,
    sockets: "WebSocket" in from,
  };
}
