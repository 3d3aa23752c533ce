/**
 * Reactions under a message, and the picker that adds one.
 * @module
 */

import { button, h } from "../dom.js";
import { icon } from "../icons.js";
import { openPopover } from "../forms/popover.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Emoji} Emoji */

const LIKES = ["👍", "❤️", "⭐", "🔥", "💯"];
const OTHERS = ["😀", "😂", "🤔", "👀", "🎉", "👎", "🙏", "✅"];

/** @param {Emoji} emoji */
function codeOf(emoji) {
  return emoji.id ? `${emoji.name}:${emoji.id}` : (emoji.name ?? "");
}

/** @param {Emoji} emoji */
function shownAs(emoji) {
  return emoji.id ? `:${emoji.name}:` : (emoji.name ?? "?");
}

/**
 * @param {App} app
 * @param {Message} message
 */
export function reactionList(app, message) {
  if (message.reactions.length === 0) return null;
  const add = addButton(app, message, "reaction-add");
  return h("div", { class: "reactions" }, message.reactions.map((reaction) => chip(app, message, reaction)), add);
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {import("../types.js").Reaction} reaction
 */
function chip(app, message, reaction) {
  const mine = reaction.members.includes(app.session.me);
  const who = reaction.members.map((id) => app.store.nameOf(id));
  const burst = reaction.burst > 0;
  const label = `${shownAs(reaction.emoji)}, ${reaction.count} ${reaction.count === 1 ? "reaction" : "reactions"}${burst ? `, ${reaction.burst} super` : ""}`;
  const code = codeOf(reaction.emoji);
  const toggle = () => app.interactions.perform({ do: mine ? "unreact" : "react", message_id: message.id, emoji: code });
  const props = {
    class: burst ? "reaction burst" : "reaction",
    "aria-label": label,
    title: `${who.slice(0, 12).join(", ")}${who.length > 12 ? ` and ${who.length - 12} more` : ""}${burst ? ` (${reaction.burst} super)` : ""}`,
    aria: { pressed: String(mine) },
    data: { focus: `reaction ${code}` },
  };
  return button(label, toggle, props, h("span", { class: "emoji" }, shownAs(reaction.emoji)), h("span", { class: "count" }, reaction.count), burst && h("span", { class: "burst-mark" }, "✦"));
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {string} className
 */
export function addButton(app, message, className) {
  const add = button(
    "Add a reaction",
    () => openPicker(app, message, add),
    { class: className, aria: { haspopup: "dialog" }, data: { focus: className, owner: message.id } },
    icon("smile"),
  );
  return add;
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {HTMLElement} anchor
 */
export function openPicker(app, message, anchor) {
  const burst = h("input", { type: "checkbox" });
  const field = h("input", { type: "text", maxlength: 80, placeholder: "🙂 or name:id", autocomplete: "off" });
  const react = (/** @type {string} */ emoji) => {
    close();
    app.interactions.perform({ do: "react", message_id: message.id, emoji, ...(burst.checked ? { burst: true } : {}) });
  };
  const choose = (/** @type {string} */ emoji) => button(`React with ${emoji}`, () => react(emoji), { class: "emoji-choice" }, emoji);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (field.value.trim()) react(field.value.trim());
  };
  const picker = h(
    "form",
    { class: "picker", role: "dialog", aria: { label: "Choose a reaction" }, on: { submit } },
    h("div", { class: "emoji-row" }, LIKES.map(choose)),
    h("div", { class: "emoji-row" }, OTHERS.map(choose)),
    h("label", { class: "picker-field" }, "Any other", field),
    h("label", { class: "check" }, burst, "Super reaction (burst)"),
    h("button", { type: "submit", class: "primary" }, "React"),
  );
  const close = openPopover(anchor, picker);
  picker.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const choices = [...picker.querySelectorAll(".emoji-choice")];
    const index = choices.indexOf(/** @type {any} */ (event.target));
    if (step && index >= 0) choices[Math.max(0, Math.min(choices.length - 1, index + step))].focus();
  });
  picker.querySelector("button")?.focus();
}
