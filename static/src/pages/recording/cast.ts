/**
 * Who is seen and heard at a moment of a recording: pieces, moments and a time in, a scene out. Pure.
 * The stage is the screen that is being shown, else whoever speaks, else whoever presents; beside a
 * screen stands the speaker, beside a speaking student the presenter.
 */

export interface Piece {
  piece: string;
  person: string;
  source: "mic" | "cam" | "screen";
  /** Milliseconds of the recording. */
  starts: number;
  ends: number;
  url: string;
  mime: string;
  width: number;
  height: number;
  growing: boolean;
  gaps: [number, number][];
}

export interface Moment {
  at: number;
  kind: string;
  person: string;
  data: Record<string, unknown>;
}

export interface Scene {
  stage: Piece | null;
  beside: Piece | null;
  sounds: Piece[];
  speaker: string;
}

/** A stretch in which one person speaks. */
export interface Speech {
  person: string;
  from: number;
  to: number;
}

/** Who speaks from when to when, from the marks of the timeline. */
export function speeches(moments: readonly Moment[], length: number): Speech[] {
  const marks = moments.filter(one => one.kind === "class.speaking");
  return marks.map((mark, index) => ({
    person: String(mark.data["person"] ?? ""),
    from: mark.at,
    to: marks[index + 1]?.at ?? length,
  }));
}

const isOn = (piece: Piece, at: number): boolean => piece.starts <= at && at < piece.ends;

/** The newest piece of a source that is on; of one person, or of anybody. */
function on(pieces: readonly Piece[], source: Piece["source"], at: number, person?: string): Piece | null {
  let found: Piece | null = null;
  for (const piece of pieces) {
    if (piece.source !== source || !isOn(piece, at)) continue;
    if (person !== undefined && piece.person !== person) continue;
    if (!found || piece.starts >= found.starts) found = piece;
  }
  return found;
}

export function scene(
  pieces: readonly Piece[],
  spoken: readonly Speech[],
  presenters: ReadonlySet<string>,
  at: number,
): Scene {
  const speaker = spoken.findLast(one => one.from <= at)?.person ?? "";
  const speaking = speaker ? on(pieces, "cam", at, speaker) : null;
  const presenting = pieces.find(one => one.source === "cam" && isOn(one, at) && presenters.has(one.person));
  const face = speaking ?? presenting ?? on(pieces, "cam", at);
  const screen = on(pieces, "screen", at);
  const beside = screen ? face : presenting && presenting !== face ? presenting : null;
  return {
    stage: screen ?? face,
    beside,
    sounds: pieces.filter(one => one.source === "mic" && isOn(one, at)),
    speaker,
  };
}

/** Where to go on when nothing is on at `at`: the next piece's start, or null at the end. */
export function nextStart(pieces: readonly Piece[], at: number): number | null {
  if (pieces.some(piece => isOn(piece, at))) return at;
  const later = pieces.map(piece => piece.starts).filter(start => start > at);
  return later.length > 0 ? Math.min(...later) : null;
}
