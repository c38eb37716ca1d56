/**
 * The little SDP the page touches itself: which codecs it offers and in which order, and the Opus
 * options of the answer. Capabilities or SDP text flow in, lists or text flow out.
 */

interface Codec {
  mimeType: string;
  sdpFmtpLine?: string;
}

/**
 * The codecs worth offering: VP8 first, H.264 (baseline, packetization mode 1) behind it, or alone
 * where VP8 is missing; each with retransmission. An empty list means: leave the browser's own order.
 */
export function videoCodecs<C extends Codec>(all: readonly C[]): C[] {
  const named = (name: string) => all.filter(codec => codec.mimeType.toLowerCase() === name);
  const h264 = named("video/h264").filter(codec => {
    const line = codec.sdpFmtpLine ?? "";
    return /packetization-mode=1/.test(line) && /profile-level-id=42[0-9a-f]{4}/i.test(line);
  });
  const carriers = [...named("video/vp8"), ...h264];
  return carriers.length > 0 ? [...carriers, ...named("video/rtx")] : [];
}

export function audioCodecs<C extends Codec>(all: readonly C[]): C[] {
  return all.filter(codec => codec.mimeType.toLowerCase() === "audio/opus");
}

/**
 * Ask the own Opus encoder for silence suppression and error correction. What the answer says is what
 * the sender does (RFC 7587 section 7), so the answer is where it is written.
 */
export function withOpusOptions(answer: string): string {
  const payload = /^a=rtpmap:(\d+) opus\/48000/im.exec(answer)?.[1];
  if (!payload) return answer;
  const wanted = ["usedtx=1", "useinbandfec=1"];
  const line = new RegExp(`^a=fmtp:${payload} ([^\\r\\n]*)`, "gm");
  if (line.test(answer)) {
    return answer.replace(line, (whole, options: string) => {
      const missing = wanted.filter(option => !options.includes(option));
      return missing.length > 0 ? `${whole};${missing.join(";")}` : whole;
    });
  }
  const map = new RegExp(`^(a=rtpmap:${payload} opus/48000[^\\r\\n]*)(\\r?\\n)`, "gim");
  return answer.replace(map, `$1$2a=fmtp:${payload} ${wanted.join(";")}$2`);
}
