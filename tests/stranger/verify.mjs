// A verifier of exports written from docs/trace.md alone; plain Node, no library.
//
//   node verify.mjs EXPORT [--key house.pem]... [--receipt receipt.json]... [--head HASH@SEQ]...
//   node verify.mjs --each FILE     the same for each line of the file, an array of such arguments
//
// Prints {"good":true,"entries":N} or {"good":false,"code":"...","seq":N}; exit status 0 where all are good.
import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

class Finding extends Error {
  constructor(code, seq) {
    super(code);
    this.seq = seq;
  }
}

const ZERO = "0".repeat(64);
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const hex = text => Buffer.from(text, "hex");

/** Whole numbers as bytes; a RangeError where one does not fit. */
function unsigned(value) {
  const raw = Buffer.alloc(8);
  raw.writeBigUInt64BE(BigInt(value));
  return raw;
}
function signed(value) {
  const raw = Buffer.alloc(8);
  raw.writeBigInt64BE(BigInt(value));
  return raw;
}
function text(value) {
  const raw = Buffer.from(value, "utf8");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(raw.length);
  return Buffer.concat([length, raw]);
}

/** A signature over `message` by a raw public key of 32 bytes. */
function isSigned(key, signature, message) {
  if (key.length !== 64 || signature.length !== 128) return false;
  try {
    const x = hex(key).toString("base64url");
    return verify(null, message, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }), hex(signature));
  } catch {
    return false;
  }
}

// --- reading a line, which is written in one way only ---------------------------------------------------

const NUMBER = /0|-?[1-9][0-9]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\["\\bfnrt]|\\u00(?:0[0-7be-f]|1[0-9a-f]))*"/y;
const HASH = /"[0-9a-f]{64}"/y;
const DIGITS = /"(?:[0-9a-f]{2})*"/y;

const malformed = () => new SyntaxError("malformed");

class Scanner {
  constructor(line) {
    this.line = line;
    this.at = 0;
  }
  literal(expected) {
    if (!this.line.startsWith(expected, this.at)) throw malformed();
    this.at += expected.length;
  }
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.line);
    if (!found) throw malformed();
    this.at = pattern.lastIndex;
    return found[0];
  }
  number() {
    return BigInt(this.match(NUMBER));
  }
  string() {
    return JSON.parse(this.match(STRING));
  }
  hash() {
    return this.match(HASH).slice(1, -1);
  }
  digits() {
    return this.match(DIGITS).slice(1, -1);
  }
  nullable(kind) {
    if (this.line.startsWith("null", this.at)) {
      this.at += 4;
      return null;
    }
    return this[kind]();
  }
  /** `{"name":value,...}`; `fields` are [name, kind] pairs, a kind with `?` may be null. */
  object(fields) {
    const made = {};
    fields.forEach(([name, kind], index) => {
      this.literal(`${index ? "," : "{"}"${name}":`);
      made[name] = kind.endsWith("?") ? this.nullable(kind.slice(0, -1)) : this[kind]();
    });
    this.literal("}");
    return made;
  }
  filter() {
    const fields = ["session", "kind", "actor"].map(name => [name, "string?"]);
    return this.object([...fields, ["since", "number?"], ["until", "number?"]]);
  }
  checkpoint() {
    return this.object([
      ["n", "number"], ["seq", "number"], ["time", "number"],
      ["hash", "hash"], ["key", "digits"], ["signature", "digits"],
    ]);
  }
}

function whole(line, fields) {
  const scanner = new Scanner(line);
  const found = scanner.object(fields);
  if (scanner.at !== line.length) throw malformed();
  return found;
}

const HEAD = [
  ["format", "string"], ["first", "number"], ["prev", "hash"], ["entries", "number"], ["shown", "number"],
  ["hash", "hash"], ["filter", "filter"], ["checkpoint", "checkpoint?"],
];
const ENTRY = [
  ["seq", "number"], ["session", "string"], ["session_seq", "number"], ["time", "number"], ["mono", "number"],
  ["actor", "string"], ["kind", "string"], ["commit", "hash"], ["prev", "hash"], ["hash", "hash"],
  ["key", "digits?"], ["idem", "string?"], ["data", "string?"],
];
const HIDDEN = [["seq", "number"], ["body", "hash"], ["hash", "hash"]];
const SEAL = [["sha256", "hash"], ["key", "digits"], ["signature", "digits"]];

// --- what is hashed -------------------------------------------------------------------------------------

function isHashRight(e) {
  try {
    const numbers = [unsigned(e.seq), unsigned(e.session_seq), signed(e.time), signed(e.mono)];
    const fields = [...numbers, text(e.session), text(e.actor), text(e.kind), hex(e.commit)];
    const body = sha256(Buffer.from("sabak.entry.2\0"), ...fields);
    return (
      follows(body, e.prev) === e.hash ||
      sha256(Buffer.from("sabak.trace.1\0"), ...fields, hex(e.prev)).toString("hex") === e.hash
    );
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function follows(body, prev) {
  return sha256(Buffer.from("sabak.link.2\0"), body, hex(prev)).toString("hex");
}

function isCommitRight(e) {
  try {
    const message = Buffer.concat([text(e.idem), Buffer.from(e.data, "utf8")]);
    return createHmac("sha256", hex(e.key)).update(message).digest("hex") === e.commit;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function isCheckpointSigned(c) {
  try {
    const numbers = [unsigned(c.n), unsigned(c.seq), signed(c.time)];
    return isSigned(c.key, c.signature, Buffer.concat([Buffer.from("sabak.checkpoint.1\0"), ...numbers, hex(c.hash)]));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function isReceiptSigned(r) {
  const own = r.entries.flatMap(e => [unsigned(e.seq), hex(e.commit)]);
  const message = Buffer.concat([
    Buffer.from("sabak.receipt.1\0"), text(r.person), text(r.session), signed(r.time),
    unsigned(r.head.seq), hex(r.head.hash), unsigned(r.entries.length), ...own,
  ]);
  return isSigned(r.key, r.signature, message);
}

/** Sorted, merged [first, last] pairs: ranges may be long, so no number is written out. */
function merged(ranges) {
  const made = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = made.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else made.push([low, high]);
  }
  return made;
}

function firstDifference(missing, erased) {
  const inside = (ranges, n) => ranges.some(([low, high]) => low <= n && n <= high);
  const edges = [...missing, ...erased].flatMap(([low, high]) => [low, high + 1]).sort((a, b) => a - b);
  const at = edges.find(n => inside(missing, n) !== inside(erased, n));
  return at === undefined ? undefined : [at, inside(missing, at) ? "data.missing" : "data.back"];
}

// --- the check ------------------------------------------------------------------------------------------

/** The lines with their ends as bytes; the last may lack its own. */
function* linesOf(raw) {
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf(10, at);
    const next = end < 0 ? raw.length : end + 1;
    yield raw.subarray(at, next);
    at = next;
  }
}

/** A line without its end, as text. Throws where it has none or is no UTF-8. */
function plain(raw) {
  if (raw === undefined || raw.at(-1) !== 10) throw malformed();
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw.subarray(0, -1));
}

function verifyExport(raw, keys, receipts, heads) {
  const trusted = key => keys.length === 0 || keys.includes(key);
  const lines = [...linesOf(raw)];
  let head;
  try {
    head = whole(plain(lines[0]), HEAD);
    if (head.format !== "sabak.trace.2" || head.first < 1n || head.entries < 0n) throw malformed();
  } catch {
    throw new Finding("malformed", 0);
  }
  if (head.checkpoint && !isCheckpointSigned(head.checkpoint)) throw new Finding("checkpoint.bad", 0);
  if (head.checkpoint && !trusted(head.checkpoint.key)) throw new Finding("checkpoint.key", 0);
  if (head.first === 1n && head.prev !== ZERO) throw new Finding("malformed", 0);
  const isSlice = Object.values(head.filter).some(value => value !== null);

  const known = new Map(); // seq -> what is known of it, in order
  const know = (seq, fact) => known.set(String(seq), [...(known.get(String(seq)) ?? []), fact]);
  for (const { seq, hash } of heads) know(seq, { code: "head.differs", hash });
  for (const receipt of receipts) {
    const at = receipt.head.seq;
    if (!isReceiptSigned(receipt)) know(at, { code: "receipt.bad" });
    else if (!trusted(receipt.key)) know(at, { code: "receipt.key" });
    else {
      know(at, { code: "receipt.differs", hash: receipt.head.hash });
      for (const own of receipt.entries) know(own.seq, { code: "receipt.entry", commit: own.commit, actor: receipt.person });
      const c = receipt.checkpoint;
      if (c && !isCheckpointSigned(c)) know(c.seq, { code: "checkpoint.bad" });
      else if (c && !trusted(c.key)) know(c.seq, { code: "checkpoint.key" });
      else if (c) know(c.seq, { code: "checkpoint.differs", hash: c.hash });
    }
  }
  if (head.checkpoint) know(head.checkpoint.seq, { code: "checkpoint.differs", hash: head.checkpoint.hash });
  const compare = (seq, hash, entry) => {
    for (const fact of known.get(String(seq)) ?? []) {
      const right =
        fact.hash !== undefined
          ? fact.hash === hash
          : fact.commit !== undefined && (!entry || (fact.commit === entry.commit && fact.actor === entry.actor));
      if (!right) throw new Finding(fact.code, Number(seq));
    }
  };

  let [next, before, shown, number, seal] = [head.first, head.prev, 0n, 1, undefined];
  const [sessions, missing, erased, sum] = [new Map(), [], [], createHash("sha256").update(lines[0])];
  for (; number < lines.length && !seal; number++) {
    const fail = code => new Finding(code, Number(next));
    let line, found;
    try {
      line = plain(lines[number]);
      if (line.startsWith('{"sha256":')) seal = whole(line, SEAL);
      else found = /^\{"seq":-?[0-9]+,"body":/.test(line) ? whole(line, HIDDEN) : whole(line, ENTRY);
    } catch {
      throw fail("malformed");
    }
    if (seal) break;
    if (found.body !== undefined) {
      if (found.seq !== next) throw fail("seq.gap");
      if (follows(hex(found.body), before) !== found.hash) throw fail("hash.wrong");
      compare(next, found.hash);
    } else {
      const nulls = [found.key, found.idem, found.data].filter(value => value === null).length;
      if (nulls !== 0 && nulls !== 3) throw fail("malformed");
      if (found.seq !== next) throw fail("seq.gap");
      if (found.prev !== before) throw fail("chain.broken");
      if (!isHashRight(found)) throw fail("hash.wrong");
      const last = sessions.get(found.session) ?? 0n;
      if (isSlice ? found.session_seq <= last : found.session_seq !== last + 1n) throw fail("session.gap");
      compare(next, found.hash, found);
      if (found.data === null) missing.push([Number(next), Number(next)]);
      else if (!isCommitRight(found)) throw fail("data.changed");
      else if (found.kind === "trace.erased") {
        try {
          for (const [low, high] of JSON.parse(found.data).ranges) erased.push([low, high]);
        } catch {
          throw fail("malformed");
        }
      }
      sessions.set(found.session, found.session_seq);
      shown++;
    }
    sum.update(lines[number]);
    before = found.hash;
    next++;
  }
  const fail = code => new Finding(code, Number(next));
  if (!seal || next - head.first !== head.entries || shown < head.shown || before !== head.hash) throw fail("truncated");
  if (number < lines.length - 1) throw fail("malformed");
  if (!isSlice) {
    for (const seq of [...known.keys()].map(BigInt)) {
      if (seq < head.first || seq >= next) throw fail("truncated");
    }
    const different = firstDifference(merged(missing), merged(erased));
    if (different) throw new Finding(different[1], different[0]);
  }
  const sha = sum.digest();
  if (sha.toString("hex") !== seal.sha256) throw fail("seal.bad");
  if (seal.signature !== "" || keys.length > 0) {
    if (!trusted(seal.key)) throw fail("seal.key");
    const message = Buffer.concat([Buffer.from("sabak.export.1\0"), sha]);
    if (!isSigned(seal.key, seal.signature, message)) throw fail("seal.bad");
  }
  return Number(next - head.first);
}

/** Prints what is found in one export; whether it is good. */
function judge([path, ...options]) {
  const [keys, receipts, heads] = [[], [], []];
  for (let at = 0; at < options.length; at += 2) {
    const value = options[at + 1];
    if (options[at] === "--key") {
      for (const [pem] of readFileSync(value, "utf8").matchAll(/-----BEGIN[^]*?-----END PUBLIC KEY-----/g)) {
        keys.push(Buffer.from(createPublicKey(pem).export({ format: "jwk" }).x, "base64url").toString("hex"));
      }
    } else if (options[at] === "--receipt") receipts.push(JSON.parse(readFileSync(value, "utf8")));
    else if (options[at] === "--head") {
      const [hash, seq] = value.split("@");
      heads.push({ hash, seq: Number(seq) });
    } else throw new Error(`unknown option ${options[at]}`);
  }
  try {
    console.log(JSON.stringify({ good: true, entries: verifyExport(readFileSync(path), keys, receipts, heads) }));
    return true;
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    console.log(JSON.stringify({ good: false, code: error.message, seq: error.seq }));
    return false;
  }
}

const asked = process.argv.slice(2);
const all =
  asked[0] === "--each" ? readFileSync(asked[1], "utf8").trim().split("\n").map(line => JSON.parse(line)) : [asked];
process.exitCode = all.map(judge).every(Boolean) ? 0 : 1;
