/**
 * Draws Discord's message components: rows of buttons and select menus, and the layout components ("V2").
 * @module
 */

import { button, h, isolated, safeHref } from "../dom.js";
import { hexOf } from "../colors.js";
import { askChoice, choicesOf, SELECT_TYPES } from "../forms/choices.js";
import { icon } from "../icons.js";
import { renderMarkdown } from "../markdown/render.js";
import { namesFor } from "./names.js";
import { fileCard, ownAddress, picture } from "./pictures.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {{app: App, message: Message, waiting: string[]}} Frame */

const STYLES = ["", "primary", "secondary", "success", "danger", "link", "premium"];

/** @type {Record<number, (component: any, frame: Frame) => any>} by Discord's component type */
const DRAW = {
  1: row,
  2: actionButton,
  9: section,
  10: (component, { app }) => h("div", { class: "prose" }, renderMarkdown(component.content ?? "", namesFor(app))),
  11: (component, frame) => media(component, frame, "embed-thumbnail"),
  12: (component, frame) =>
    h("div", { class: "gallery" }, (component.items ?? []).map((/** @type {any} */ item) => media(item, frame, "embed-image"))),
  13: file,
  14: (component) => h("hr", { class: component.divider === false ? "gap" : "separator" }),
  17: container,
};

/**
 * @param {Frame} frame
 */
export function componentList(frame) {
  const list = frame.message.components.map((component) => draw(component, frame));
  return list.length ? h("div", { class: "components" }, list) : null;
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function draw(component, frame) {
  if (SELECT_TYPES.has(component.type)) return selectButton(component, frame);
  return DRAW[component.type]?.(component, frame) ?? h("p", { class: "faint" }, `(component of type ${component.type})`);
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function row(component, frame) {
  return h("div", { class: "row" }, (component.components ?? []).map((/** @type {any} */ child) => draw(child, frame)));
}

/** @param {any} emoji */
function emojiText(emoji) {
  if (!emoji) return null;
  return h("span", { class: "button-emoji" }, emoji.id ? `:${emoji.name}:` : emoji.name);
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function actionButton(component, frame) {
  const style = STYLES[component.style] || "secondary";
  const inner = [emojiText(component.emoji), component.label && isolated(component.label)];
  const href = safeHref(component.url);
  if (component.style === 5 && href) {
    const props = { class: "action action-link", href, title: href, target: "_blank", rel: "noopener noreferrer nofollow" };
    return h("a", props, inner, icon("away"));
  }
  const waits = frame.waiting.includes(component.custom_id);
  const props = {
    type: "button",
    class: `action action-${style}`,
    disabled: Boolean(component.disabled) || !component.custom_id,
    aria: { busy: waits ? "true" : null, label: component.label ? null : component.emoji?.name || "Button" },
    data: { focus: `button ${component.custom_id}` },
    on: { click: () => waits || interact(frame, "press", component, {}) },
  };
  return h("button", props, inner);
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function selectButton(component, frame) {
  const waits = frame.waiting.includes(component.custom_id);
  const label = component.placeholder || "Choose";
  const chosen = choicesOf(frame.app, component).filter((choice) => choice.default);
  const shown = chosen.map((choice) => choice.label).join(", ") || label;
  const ask = () => askChoice(frame.app, component, (values) => interact(frame, "select", component, { values }));
  const props = {
    class: "select-button",
    disabled: Boolean(component.disabled),
    aria: { haspopup: "dialog", busy: waits ? "true" : null },
    data: { focus: `select ${component.custom_id}` },
  };
  return button(label, () => !waits && ask(), props, isolated(shown), h("span", { class: "caret", "aria-hidden": "true" }));
}

/**
 * @param {Frame} frame
 * @param {"press" | "select"} what
 * @param {any} component
 * @param {Record<string, any>} more
 */
function interact({ app, message }, what, component, more) {
  const origin = { channelId: message.channel_id, messageId: message.id, control: component.custom_id };
  app.interactions.interact({ do: what, message_id: message.id, custom_id: component.custom_id, ...more }, origin);
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function section(component, frame) {
  const words = (component.components ?? []).map((/** @type {any} */ child) => draw(child, frame));
  return h("div", { class: "section" }, h("div", { class: "section-words" }, words), component.accessory && draw(component.accessory, frame));
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function container(component, frame) {
  const inner = (component.components ?? []).map((/** @type {any} */ child) => draw(child, frame));
  const card = h("div", { class: "embed container", vars: { accent: hexOf(component.accent_color) ?? "transparent" } }, inner);
  if (!component.spoiler) return card;
  return h("details", { class: "hidden-card" }, h("summary", {}, "Spoiler: show"), card);
}

/**
 * @param {any} item
 * @param {Frame} frame
 * @param {string} className
 */
function media(item, { message }, className) {
  return picture(item.media?.url, message.attachments, { className, alt: item.description });
}

/**
 * @param {any} component
 * @param {Frame} frame
 */
function file(component, { message }) {
  const address = ownAddress(component.file?.url, message.attachments);
  const known = message.attachments.find((other) => ownAddress(other.url, []) === address);
  if (known) return fileCard(known);
  return fileCard({ name: component.name ?? "file", url: address ?? "", size: component.size ?? -1 });
}
