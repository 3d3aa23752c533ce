/**
 * Turns parsed markdown into DOM nodes. Every word of a member ends as a text node, every link as a checked address.
 * @module
 */

import { h, isolated, link } from "../dom.js";
import { parseBlocks } from "./blocks.js";
import { parseInline } from "./inline.js";
import { moment } from "./moments.js";

/** @typedef {import("./inline.js").Inline} Inline */
/** @typedef {import("./blocks.js").Block} Block */
/** @typedef {{mention: (what: string, id: string, text?: string) => {label: string, open?: () => void, mine?: boolean}}} Names */

const TAGS = /** @type {Record<string, string>} */ ({ bold: "strong", italic: "em", underline: "u", strike: "s" });

/**
 * A whole text: paragraphs, quotes, lists, code.
 * @param {string} text
 * @param {Names} names
 * @returns {Node[]}
 */
export function renderMarkdown(text, names) {
  return parseBlocks(text).map((block) => renderBlock(block, names));
}

/**
 * One line's worth of markdown.
 * @param {string} text
 * @param {Names} names
 * @returns {(Node | string)[]}
 */
export function renderInline(text, names) {
  return parseInline(text).map((node) => inlineNode(node, names));
}

/**
 * @param {Block} block
 * @param {Names} names
 * @returns {Node}
 */
function renderBlock(block, names) {
  switch (block.kind) {
    case "code":
      return h("pre", { tabindex: 0, aria: { label: "Code" } }, h("code", {}, block.text));
    case "quote":
      return h("blockquote", { dir: "auto" }, (block.blocks ?? []).map((inner) => renderBlock(inner, names)));
    case "heading":
      return h("p", { class: `heading heading-${block.level}`, dir: "auto" }, renderInline(block.text ?? "", names));
    case "small":
      return h("p", { class: "small", dir: "auto" }, renderInline(block.text ?? "", names));
    case "list":
      return renderList(block.items ?? [], names);
    default:
      return h("p", { dir: "auto" }, renderInline((block.lines ?? []).join("\n"), names));
  }
}

/**
 * @param {import("./blocks.js").Item[]} items
 * @param {Names} names
 */
function renderList(items, names) {
  const root = h(items[0].ordered ? "ol" : "ul", { dir: "auto", start: items[0].ordered ? items[0].number : null });
  let here = { depth: items[0].depth, list: root };
  const outer = [];
  for (const item of items) {
    while (outer.length > 0 && here.depth > item.depth) here = outer.pop() ?? here;
    const parent = here.list.lastElementChild;
    if (item.depth > here.depth && parent && outer.length < 10) {
      outer.push(here);
      here = { depth: item.depth, list: h(item.ordered ? "ol" : "ul") };
      parent.append(here.list);
    }
    here.list.append(h("li", {}, renderInline(item.text, names)));
  }
  return root;
}

/**
 * @param {Inline} node
 * @param {Names} names
 * @returns {Node | string}
 */
function inlineNode(node, names) {
  const children = () => (node.children ?? []).map((child) => inlineNode(child, names));
  switch (node.kind) {
    case "text":
      return node.text ?? "";
    case "code":
      return h("code", {}, node.text);
    case "spoiler":
      return spoiler(children());
    case "link":
      return link(node.url, {}, children());
    case "mention":
      return mention(node, names);
    case "moment":
      return moment(node.unix, node.style);
    case "emoji":
      return h("span", { class: "emoji-name", title: "custom emoji" }, `:${node.name}:`);
    default:
      return h(TAGS[node.kind] ?? "span", {}, children());
  }
}

/**
 * @param {Inline} node
 * @param {Names} names
 */
function mention(node, names) {
  const { label, open, mine } = names.mention(node.what, node.id, node.text);
  const className = mine ? "mention mention-me" : "mention";
  if (!open) return isolated(label, className);
  return h("button", { type: "button", class: className, on: { click: open } }, isolated(label));
}

/**
 * Hidden until asked for, also from screen readers and from Tab.
 * @param {(Node | string)[]} children
 */
function spoiler(children) {
  const inner = h("span", { inert: true, "aria-hidden": "true" }, children);
  const show = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
    inner.removeAttribute("inert");
    inner.removeAttribute("aria-hidden");
    const shown = h("span", { class: "spoiler shown" }, inner);
    outer.replaceWith(shown);
  };
  const outer = h(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: 0,
      "aria-label": "Spoiler: press to show",
      on: {
        click: show,
        keydown: (/** @type {KeyboardEvent} */ event) => (event.key === "Enter" || event.key === " ") && show(event),
      },
    },
    inner,
  );
  return outer;
}
