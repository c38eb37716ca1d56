// House rules that the compiler does not know: no module over 400 lines, no `any`, no stray console
// calls, no raw HTML, no inline styles in markup, every module opens with its paragraph.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const RULES = [
  [/\bas any\b|:\s*any\b|<any>/, "the type `any` hides mistakes"],
  [/\bconsole\.(log|debug|info)\b/, "console output left behind"],
  [/dangerouslySetInnerHTML|\.innerHTML\s*=/, "raw HTML is never set: build elements"],
  [/@ts-(ignore|nocheck)/, "the compiler is silenced"],
  [/\bTO\x44O\b|\bFIX\x4dE\b/, "unfinished work"],
  [/https?:\/\/(?!www\.w3\.org)/, "an outside address: nothing is fetched from other hosts"],
];
const MOST_LINES = 400;

let faults = 0;
function fault(path, line, words) {
  faults += 1;
  console.error(`${path}:${line}: ${words}`);
}

function visit(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) visit(path);
    else if (/\.tsx?$/.test(path)) inspect(path);
  }
}

function inspect(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  if (lines.length > MOST_LINES)
    fault(path, lines.length, `over ${MOST_LINES} lines: look for the second idea`);
  if (!lines[0].startsWith("/**")) fault(path, 1, "the module does not open with its paragraph");
  lines.forEach((text, index) => {
    for (const [pattern, words] of RULES) if (pattern.test(text)) fault(path, index + 1, words);
  });
}

visit("src");
if (faults > 0) process.exit(1);
