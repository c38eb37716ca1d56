/**
 * The small pictures of the wall as they come over the wire: one body with many records
 * `{u32be seq, u8 stream, u8 n, n bytes person, u32be m, m bytes JPEG}`. Bytes flow in, pictures flow out.
 * A body that breaks off or lies about a length gives what stood before the break; nothing is thrown.
 */

export type Stream = "webcam" | "screen";

export interface Picture {
  seq: number;
  stream: Stream;
  person: string;
  jpeg: Uint8Array<ArrayBuffer>;
}

export interface Pictures {
  pictures: Picture[];
  /** The newest number in the body; the one asked with where there is none newer. */
  last: number;
}

const STREAMS: readonly Stream[] = ["webcam", "screen"];
const HEAD = 6; // bytes before the name
/** A picture of 320x180 has some 15 kB; what is far larger was not made by the sampler. */
const LARGEST = 512 * 1024;

export function readPictures(body: ArrayBuffer, after = 0): Pictures {
  const view = new DataView(body);
  const words = new TextDecoder("utf-8", { fatal: true });
  const pictures: Picture[] = [];
  let last = after;
  let at = 0;
  while (at + HEAD <= body.byteLength) {
    const seq = view.getUint32(at);
    const stream = STREAMS[view.getUint8(at + 4)];
    const name = view.getUint8(at + 5);
    const sized = at + HEAD + name;
    if (sized + 4 > body.byteLength) break;
    const size = view.getUint32(sized);
    const begin = sized + 4;
    if (size > body.byteLength - begin) break;
    at = begin + size;
    const person = decode(words, new Uint8Array(body, sized - name, name));
    const jpeg = new Uint8Array(body, begin, size);
    if (!stream || !person || size > LARGEST || !isJpeg(jpeg)) continue;
    last = Math.max(last, seq);
    pictures.push({ seq, stream, person, jpeg });
  }
  return { pictures, last };
}

function decode(words: TextDecoder, bytes: Uint8Array): string {
  try {
    return words.decode(bytes);
  } catch {
    return "";
  }
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 4 && bytes[0] === 0xff && bytes[1] === 0xd8;
}
