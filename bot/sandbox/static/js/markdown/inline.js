/**
 * Reads Discord's inline markdown into a tree. Pure: text in, plain objects out; what is not understood stays text.
 * @module
 */

/** @typedef {{kind: string, text?: string, children?: Inline[], [key: string]: any}} Inline */

const MAX_DEPTH = 12;
const ESCAPABLE = /^\\([^\p{L}\p{N}\s])/u;
const TICKS = /`+/g;
const MENTION = /^<(@!?|@&|#)(\d{1,20})>/;
const COMMAND = /^<\/([^:<>\n]{1,100}):(\d{1,20})>/;
const MOMENT = /^<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/;
const EMOJI = /^<(a?):(\w{1,32}):(\d{1,20})>/;
const ANGLED = /^<(https?:\/\/[^\s<>]{1,2000})>/i;
const MASKED = /^\[((?:[^[\]\\\n]|\\.){1,1000})\]\(\s*<?(https?:\/\/[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"\n]{0,200}")?\s*\)/i;
const BARE = /^https?:\/\/[^\s<>]{1,2000}/i;
const PLAIN = /^[^\\`*_~|<[h]+/;

/** What opens and closes a style; longer marks first. */
const MARKS = [
  { mark: "||", kind: "spoiler" },
  { mark: "**", kind: "bold" },
  { mark: "__", kind: "underline" },
  { mark: "~~", kind: "strike" },
  { mark: "*", kind: "italic" },
  { mark: "_", kind: "italic" },
];

/**
 * @param {string} text
 * @param {number} [depth]
 * @returns {Inline[]}
 */
export function parseInline(text, depth = 0) {
  /** @type {Inline[]} */
  const out = [];
  let rest = text;
  let before = "";
  while (rest) {
    const [node, length] = next(rest, before, depth);
    push(out, node);
    before = rest.charAt(length - 1);
    rest = rest.slice(length);
  }
  return out;
}

/**
 * Add a node; neighbouring texts become one.
 * @param {Inline[]} out
 * @param {Inline} node
 */
function push(out, node) {
  const last = out.at(-1);
  if (node.kind === "text" && last?.kind === "text") last.text = (last.text ?? "") + node.text;
  else out.push(node);
}

/**
 * @param {string} rest
 * @param {string} before the character in front
 * @param {number} depth
 * @returns {[Inline, number]} the node, and how many characters it took
 */
function next(rest, before, depth) {
  const found = literal(rest) ?? angled(rest) ?? address(rest, depth) ?? styled(rest, before, depth);
  if (found) return found;
  const plain = PLAIN.exec(rest)?.[0] ?? rest.charAt(0);
  return [{ kind: "text", text: plain }, plain.length];
}

/**
 * @param {string} rest
 * @returns {[Inline, number] | null}
 */
function literal(rest) {
  if (rest.startsWith("\\")) {
    const escaped = ESCAPABLE.exec(rest);
    return escaped ? [{ kind: "text", text: escaped[1] }, escaped[0].length] : null;
  }
  return rest.startsWith("`") ? code(rest) : null;
}

/**
 * Code ends at the next run of as many backticks; without one the run is text.
 * @param {string} rest
 * @returns {[Inline, number]}
 */
function code(rest) {
  const [open, ...runs] = rest.matchAll(TICKS);
  const ticks = open[0].length;
  const close = runs.find((run) => run[0].length === ticks);
  if (!close) return [{ kind: "text", text: open[0] }, ticks];
  const inside = rest.slice(ticks, close.index);
  const text = /^\s.*\S.*\s$/s.test(inside) ? inside.slice(1, -1) : inside;
  return [{ kind: "code", text }, close.index + ticks];
}

/**
 * @param {string} rest
 * @returns {[Inline, number] | null}
 */
function angled(rest) {
  if (!rest.startsWith("<")) return null;
  const mention = MENTION.exec(rest);
  if (mention) {
    const what = mention[1] === "#" ? "channel" : mention[1] === "@&" ? "role" : "member";
    return [{ kind: "mention", what, id: mention[2] }, mention[0].length];
  }
  const command = COMMAND.exec(rest);
  if (command) return [{ kind: "mention", what: "command", id: command[2], text: command[1] }, command[0].length];
  const moment = MOMENT.exec(rest);
  if (moment) return [{ kind: "moment", unix: Number(moment[1]), style: moment[2] ?? "f" }, moment[0].length];
  const emoji = EMOJI.exec(rest);
  if (emoji) return [{ kind: "emoji", name: emoji[2], id: emoji[3] }, emoji[0].length];
  const url = ANGLED.exec(rest);
  return url ? [{ kind: "link", url: url[1], children: [{ kind: "text", text: url[1] }] }, url[0].length] : null;
}

/**
 * @param {string} rest
 * @param {number} depth
 * @returns {[Inline, number] | null}
 */
function address(rest, depth) {
  const masked = rest.startsWith("[") && depth < MAX_DEPTH ? MASKED.exec(rest) : null;
  if (masked) {
    const children = parseInline(masked[1], MAX_DEPTH - 2).filter((node) => node.kind !== "link");
    return [{ kind: "link", url: masked[2], children, masked: true }, masked[0].length];
  }
  const bare = /^h/i.test(rest) ? BARE.exec(rest) : null;
  if (!bare) return null;
  const url = trimmed(bare[0]);
  return [{ kind: "link", url, children: [{ kind: "text", text: url }] }, url.length];
}

/**
 * An address without the punctuation that belongs to the sentence around it.
 * @param {string} url
 * @returns {string}
 */
function trimmed(url) {
  let end = url.length;
  while (end > 0) {
    const last = url[end - 1];
    const opened = url.slice(0, end).split("(").length;
    const closed = url.slice(0, end).split(")").length;
    const loose = ".,:;!?'\"*_~|]".includes(last) || (last === ")" && closed > opened);
    if (!loose) break;
    end -= 1;
  }
  return url.slice(0, end);
}

/**
 * @param {string} rest
 * @param {string} before
 * @param {number} depth
 * @returns {[Inline, number] | null}
 */
function styled(rest, before, depth) {
  if (depth >= MAX_DEPTH) return null;
  for (const { mark, kind } of MARKS) {
    if (!rest.startsWith(mark)) continue;
    const end = closing(rest, mark, before);
    if (end < 0) continue;
    const children = parseInline(rest.slice(mark.length, end), depth + 1);
    return [{ kind, children }, end + mark.length];
  }
  return null;
}

/**
 * Where the closing mark stands, or -1.
 * @param {string} rest
 * @param {string} mark
 * @param {string} before
 * @returns {number}
 */
function closing(rest, mark, before) {
  const inside = rest.charAt(mark.length);
  const single = mark.length === 1;
  if (single && (/\s/.test(inside) || inside === "")) return -1;
  if (mark === "_" && /\w/.test(before)) return -1;
  let at = mark.length;
  for (;;) {
    at = rest.indexOf(mark, at);
    if (at < 0) return -1;
    const escaped = rest[at - 1] === "\\";
    const doubled = single && rest[at + 1] === mark;
    if (doubled && !escaped) {
      at += 2;
      continue;
    }
    while (!single && rest.startsWith(mark, at + 1)) at += 1;
    const apt = single ? !/\s/.test(rest[at - 1]) && !(mark === "_" && /\w/.test(rest.charAt(at + 1))) : true;
    if (!escaped && apt && at > mark.length) return at;
    at += 1;
  }
}
