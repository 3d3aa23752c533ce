/**
 * Draws Discord embeds.
 * @module
 */

import { h, isolated, link } from "../dom.js";
import { hexOf } from "../colors.js";
import { renderInline, renderMarkdown } from "../markdown/render.js";
import { stamp, dayOf } from "../markdown/moments.js";
import { picture } from "./pictures.js";

/** @typedef {import("../markdown/render.js").Names} Names */

/**
 * @param {any} embed
 * @param {import("../types.js").Attachment[]} attachments
 * @param {Names} names
 */
export function embedCard(embed, attachments, names) {
  const alt = embed.image?.description || attachments.find((file) => embed.image?.url?.endsWith(file.name))?.description;
  return h(
    "div",
    { class: "embed", vars: { accent: hexOf(embed.color) ?? "var(--line-strong)" } },
    h(
      "div",
      { class: "embed-words" },
      embed.provider?.name && h("p", { class: "embed-small" }, isolated(embed.provider.name)),
      embed.author?.name && h("p", { class: "embed-author" }, link(embed.author.url, {}, isolated(embed.author.name))),
      embed.title && h("p", { class: "embed-title" }, link(embed.url, {}, renderInline(embed.title, names))),
      embed.description && h("div", { class: "prose" }, renderMarkdown(embed.description, names)),
      fields(embed.fields ?? [], names),
    ),
    embed.thumbnail?.url && picture(embed.thumbnail.url, attachments, { className: "embed-thumbnail" }),
    embed.image?.url && picture(embed.image.url, attachments, { className: "embed-image", alt }),
    footer(embed),
  );
}

/**
 * @param {any[]} list
 * @param {Names} names
 */
function fields(list, names) {
  if (list.length === 0) return null;
  return h(
    "dl",
    { class: "embed-fields" },
    list.map((field) =>
      h(
        "div",
        { class: field.inline ? "field field-inline" : "field" },
        h("dt", { dir: "auto" }, renderInline(field.name ?? "", names)),
        h("dd", { class: "prose" }, renderMarkdown(field.value ?? "", names)),
      ),
    ),
  );
}

/** @param {any} embed */
function footer(embed) {
  if (!embed.footer?.text && !embed.timestamp) return null;
  return h(
    "p",
    { class: "embed-small embed-footer" },
    embed.footer?.text && isolated(embed.footer.text),
    embed.footer?.text && embed.timestamp && " · ",
    embed.timestamp && [dayOf(embed.timestamp), " ", stamp(embed.timestamp, "")],
  );
}
