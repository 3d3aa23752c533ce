/**
 * What one can do with a message: its toolbar, and its menu with the bot's message commands.
 * @module
 */

import { button, h } from "../dom.js";
import { icon } from "../icons.js";
import { openMenu } from "../forms/popover.js";
import { openDialog } from "../forms/dialog.js";
import { askThreadName } from "../threads.js";
import { mayUse } from "../slash/catalogue.js";
import { addButton } from "./reactions.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Message} Message */

/**
 * @param {App} app
 * @param {Message} message
 */
export function toolbar(app, message) {
  const own = message.author_id === app.session.me;
  const more = button(
    "More",
    () => openMessageMenu(app, message, more),
    { class: "tool", aria: { haspopup: "menu" }, data: { focus: "tool more", owner: message.id } },
    icon("more"),
  );
  return h(
    "div",
    { class: "tools", role: "group", "aria-label": "Message actions" },
    addButton(app, message, "tool"),
    button("Reply", () => app.session.answer(message), { class: "tool", data: { focus: "tool reply" } }, icon("reply")),
    own && button("Edit", () => app.session.edit(message.id), { class: "tool", data: { focus: "tool edit" } }, icon("edit")),
    more,
  );
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {HTMLElement} anchor
 * @param {{x: number, y: number}} [at]
 */
export function openMessageMenu(app, message, anchor, at) {
  const own = message.author_id === app.session.me;
  const channel = app.store.channel(message.channel_id);
  const startable = channel?.type === "text" && !message.thread_id;
  const apps = app.store.state.commands.filter((command) => command.type === 3 && mayUse(app, command));
  openMenu(
    anchor,
    "Message",
    [
      { text: "Reply", icon: icon("reply"), act: () => app.session.answer(message) },
      own ? { text: "Edit", icon: icon("edit"), act: () => app.session.edit(message.id) } : null,
      startable ? { text: "Start a thread", icon: icon("thread"), act: () => askThreadName(app, message) } : null,
      { text: "Copy the id", icon: icon("text"), act: () => void navigator.clipboard?.writeText(message.id) },
      own || app.session.moderates()
        ? { text: "Delete", icon: icon("trash"), danger: true, act: () => askDelete(app, message) }
        : null,
      apps.length ? { heading: "Apps" } : null,
      ...apps.map((command) => ({ text: command.name, act: () => runOn(app, command.name, message) })),
    ],
    at,
  );
}

/**
 * @param {App} app
 * @param {string} name
 * @param {Message} message
 */
function runOn(app, name, message) {
  const fields = { do: "menu", name, message_id: message.id, channel_id: message.channel_id };
  app.interactions.interact(fields, { channelId: message.channel_id, messageId: message.id });
}

/**
 * @param {App} app
 * @param {Message} message
 */
function askDelete(app, message) {
  openDialog({
    title: "Delete this message?",
    body: h("p", { class: "faint excerpt", dir: "auto" }, message.content.slice(0, 200) || "(no text)"),
    submit: "Delete",
    onSubmit: async () => (await app.interactions.perform({ do: "delete", message_id: message.id })) !== null,
  });
}
