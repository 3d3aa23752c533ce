/**
 * Reads Discord's block markdown into a tree: code, quotes, headings, lists, small print. Pure.
 * @module
 */

/** @typedef {{kind: string, text?: string, lines?: string[], blocks?: Block[], items?: Item[], [key: string]: any}} Block */
/** @typedef {{text: string, depth: number, ordered: boolean, number: number}} Item */

const FENCE = /```(?:([\w+#.-]{1,30})\n)?([^]*?)```/g;
const HEADING = /^(#{1,3})[ \t]+(\S.*)$/;
const SMALL = /^-#[ \t]+(\S.*)$/;
const QUOTE = /^> ?(.*)$/;
const ITEM = /^([ \t]{0,20})(?:([-*])|(\d{1,9})\.)[ \t]+(\S.*)$/;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function parseBlocks(text) {
  /** @type {Block[]} */
  const out = [];
  let from = 0;
  for (const fence of text.matchAll(FENCE)) {
    if (!fence[2].trim()) continue;
    out.push(...lineBlocks(text.slice(from, fence.index).replace(/\n$/, "")));
    out.push({ kind: "code", language: fence[1] ?? "", text: fence[2].replace(/^\n+|\n+$/g, "") });
    from = fence.index + fence[0].length;
    if (text[from] === "\n") from += 1;
  }
  out.push(...lineBlocks(text.slice(from)));
  return out;
}

/**
 * @param {string} text
 * @returns {Block[]}
 */
function lineBlocks(text) {
  if (!text) return [];
  /** @type {Block[]} */
  const out = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line.startsWith(">>> ")) {
      const rest = [line.slice(4), ...lines.slice(index + 1)].join("\n");
      out.push({ kind: "quote", blocks: lineBlocks(rest) });
      break;
    }
    addLine(out, line);
  }
  for (const block of out) if (block.kind === "quote" && block.lines) block.blocks = lineBlocks(block.lines.join("\n"));
  return out;
}

/**
 * @param {Block[]} out
 * @param {string} line
 */
function addLine(out, line) {
  const quote = QUOTE.exec(line);
  if (quote && line.startsWith("> ")) return join(out, "quote", quote[1]);
  const heading = HEADING.exec(line);
  if (heading) return void out.push({ kind: "heading", level: heading[1].length, text: heading[2] });
  const small = SMALL.exec(line);
  if (small) return void out.push({ kind: "small", text: small[1] });
  const item = ITEM.exec(line);
  if (!item) return join(out, "lines", line);
  const entry = { text: item[4], depth: Math.floor(item[1].length / 2), ordered: !item[2], number: Number(item[3] ?? 1) };
  const last = out.at(-1);
  if (last?.kind === "list") last.items?.push(entry);
  else out.push({ kind: "list", items: [entry] });
}

/**
 * Add a line to the last block when it is of this kind, else begin one.
 * @param {Block[]} out
 * @param {string} kind
 * @param {string} line
 */
function join(out, kind, line) {
  const last = out.at(-1);
  if (last?.kind === kind && last.lines) last.lines.push(line);
  else out.push({ kind, lines: [line] });
}
