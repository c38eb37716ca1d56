/**
 * Finds web addresses in a chat line. Text flows in, pieces flow out; the component draws plain text
 * between real links, so nothing anybody writes becomes markup. Pure.
 */
export interface Piece {
  text: string;
  /** An absolute http(s) address, or empty for plain text. */
  href: string;
}

const ADDRESS = /https?:\/\/[^\s<>"'`{}|\\^]+/gi;
/** Marks that end a sentence, not an address. */
const TAIL = /[.,:;!?…)\]»”]$/;

function trimmed(found: string): string {
  let address = found;
  for (;;) {
    if (!TAIL.test(address)) return address;
    // A closing bracket stays where the address itself opened it, as in encyclopedia titles.
    if (address.endsWith(")") && address.split("(").length >= address.split(")").length) return address;
    address = address.slice(0, -1);
  }
}

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!URL.canParse(address)) continue;
    const url = new URL(address);
    // A name before the host can dress one site up as another; such an address stays text.
    if (url.username || url.password || !url.hostname.includes(".")) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), href: "" });
    pieces.push({ text: address, href: url.href });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), href: "" });
  return pieces;
}
