/**
 * The little Markdown that the university's texts use: headings, paragraphs, lists, bold, italic, links.
 * Text flows in, elements flow out; no HTML is ever read, so a text can do nothing but be read.
 */
import type { ComponentChildren } from "preact";
import "./Markdown.css";

type Block =
  | { kind: "heading"; level: 1 | 2 | 3; text: string }
  | { kind: "text"; text: string }
  | { kind: "list"; ordered: boolean; items: string[] };

const HEADING = /^(#{1,3})\s+(.*)$/;
const BULLET = /^\s*[-*]\s+(.*)$/;
const NUMBER = /^\s*\d{1,3}[.)]\s+(.*)$/;

/** The blocks of a text, in order. Pure; never fails. */
export function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of source.replace(/\r\n?/g, "\n").split("\n")) {
    const heading = HEADING.exec(line);
    const item = BULLET.exec(line) ?? NUMBER.exec(line);
    if (line.trim() === "") {
      open = undefined;
    } else if (heading) {
      blocks.push({ kind: "heading", level: (heading[1]?.length ?? 1) as 1 | 2 | 3, text: heading[2] ?? "" });
      open = undefined;
    } else if (item) {
      const ordered = !BULLET.test(line);
      if (open?.kind !== "list" || open.ordered !== ordered) {
        open = { kind: "list", ordered, items: [] };
        blocks.push(open);
      }
      open.items.push(item[1] ?? "");
    } else if (open?.kind === "text") {
      open.text += ` ${line.trim()}`;
    } else if (open?.kind === "list") {
      open.items[open.items.length - 1] += ` ${line.trim()}`;
    } else {
      open = { kind: "text", text: line.trim() };
      blocks.push(open);
    }
  }
  return blocks;
}

/** Addresses that a text may lead to: this site, the web, a letter. Everything else stays text. */
export function isSafeAddress(address: string): boolean {
  return /^(https?:|mailto:)/i.test(address) || (address.startsWith("/") && !address.startsWith("//"));
}

const INLINE = /\*\*(.+?)\*\*|\*(.+?)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

function inline(text: string): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) out.push(text.slice(from, match.index));
    const [whole, bold, italic, label, address] = match;
    if (bold !== undefined) out.push(<strong>{bold}</strong>);
    else if (italic !== undefined) out.push(<em>{italic}</em>);
    else if (label !== undefined && address !== undefined && isSafeAddress(address)) {
      out.push(
        <a href={address} target="_blank" rel="noopener noreferrer">
          {label}
        </a>,
      );
    } else out.push(whole);
    from = match.index + whole.length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

/** `top` is the level that the text's first heading takes on the page. */
export function Markdown({ source, top = 3 }: { source: string; top?: 2 | 3 | 4 }) {
  return (
    <div class="markdown">
      {blocksOf(source).map((block, index) => {
        if (block.kind === "text") return <p key={index}>{inline(block.text)}</p>;
        if (block.kind === "heading") {
          const Tag = `h${Math.min(6, top + block.level - 1)}` as "h3";
          return <Tag key={index}>{inline(block.text)}</Tag>;
        }
        const List = block.ordered ? "ol" : "ul";
        return (
          <List key={index}>
            {block.items.map((item, at) => (
              <li key={at}>{inline(item)}</li>
            ))}
          </List>
        );
      })}
    </div>
  );
}
