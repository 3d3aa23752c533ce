/**
 * Draws one message of the timeline.
 * @module
 */

import { button, h, isolated } from "../dom.js";
import { icon } from "../icons.js";
import { renderMarkdown } from "../markdown/render.js";
import { stamp } from "../markdown/moments.js";
import { FLAG } from "../types.js";
import { componentList } from "./components.js";
import { embedCard } from "./embeds.js";
import { avatar, isBot, memberName, namesFor } from "./names.js";
import { attachmentList } from "./pictures.js";
import { reactionList } from "./reactions.js";
import { toolbar } from "./tools.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {{compact: boolean, failure: string | null, waiting: string[]}} Look */

/** What the system's own messages say, by Discord's message type. */
const SYSTEM = /** @type {Record<number, string>} */ ({
  4: "changed the name of this channel",
  6: "pinned a message",
  7: "joined",
  18: "started a thread",
  21: "started this thread",
});

/**
 * @param {App} app
 * @param {Message} message
 * @param {Look} look
 * @returns {HTMLElement}
 */
export function messageCard(app, message, look) {
  if (message.type in SYSTEM) return systemLine(app, message);
  const ephemeral = (message.flags & FLAG.EPHEMERAL) !== 0;
  const pinged = message.mentions.includes(app.session.me);
  const classes = ["message", look.compact && "compact", ephemeral && "ephemeral", pinged && "pinged"];
  const name = app.store.nameOf(message.author_id);
  return h(
    "article",
    {
      class: classes.filter(Boolean).join(" "),
      tabindex: -1,
      aria: { label: `${name}, ${new Date(message.timestamp).toLocaleTimeString()}` },
      data: { id: message.id, focus: message.id },
    },
    message.reply_to && replyLine(app, message),
    h(
      "div",
      { class: "message-main" },
      look.compact ? stamp(message.timestamp, "stamp side-stamp") : avatar(app, message.author_id),
      h(
        "div",
        { class: "message-body" },
        look.compact ? null : headline(app, message),
        body(app, message),
        extras(app, message, look),
        ephemeral && ephemeralLine(app, message),
      ),
    ),
    ephemeral ? null : toolbar(app, message),
  );
}

/**
 * @param {App} app
 * @param {Message} message
 */
function headline(app, message) {
  return h(
    "p",
    { class: "headline" },
    memberName(app, message.author_id),
    isBot(app, message.author_id) && h("span", { class: "badge" }, "BOT"),
    stamp(message.timestamp),
  );
}

/**
 * @param {App} app
 * @param {Message} message
 */
function body(app, message) {
  if (app.session.editing === message.id) return editor(app, message);
  if (message.flags & FLAG.THINKING) {
    return h("p", { class: "thinking" }, `${app.store.nameOf(message.author_id)} is thinking`, h("span", { class: "dots", "aria-hidden": "true" }));
  }
  if (!message.content) return null;
  const edited = message.edited_timestamp && h("span", { class: "faint edited", title: message.edited_timestamp }, "(edited)");
  return h("div", { class: "prose content" }, renderMarkdown(message.content, namesFor(app)), edited);
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {Look} look
 */
function extras(app, message, look) {
  const names = namesFor(app);
  return [
    message.embeds.map((embed) => embedCard(embed, message.attachments, names)),
    attachmentList(message),
    componentList({ app, message, waiting: look.waiting }),
    look.failure && h("p", { class: "failure", role: "status" }, `This interaction failed. ${look.failure}`),
    reactionList(app, message),
    message.thread_id && threadLink(app, message.thread_id),
  ];
}

/**
 * @param {App} app
 * @param {Message} message
 */
function replyLine(app, message) {
  const reply = /** @type {import("../types.js").Reply} */ (message.reply_to);
  if (reply.author_id === null) return h("p", { class: "reply-line" }, "Original message was deleted");
  const jump = () => app.jump(reply.id);
  const excerpt = (reply.excerpt ?? "").replace(/\s+/g, " ");
  return h(
    "p",
    { class: "reply-line" },
    avatar(app, reply.author_id),
    memberName(app, reply.author_id),
    button(
      `Go to the message by ${app.store.nameOf(reply.author_id)}`,
      jump,
      { class: "reply-excerpt", data: { focus: `jump ${message.id}` } },
      isolated(excerpt || "Open the message"),
    ),
  );
}

/**
 * @param {App} app
 * @param {Message} message
 */
function ephemeralLine(app, message) {
  const dismiss = () => app.interactions.perform({ do: "dismiss", message_id: message.id });
  return h(
    "p",
    { class: "only-you" },
    icon("eye"),
    "Only you can see this · ",
    button("Dismiss message", dismiss, { class: "as-link", data: { focus: `dismiss ${message.id}` } }),
  );
}

/**
 * @param {App} app
 * @param {string} threadId
 */
function threadLink(app, threadId) {
  const thread = app.store.channel(threadId);
  if (!thread) return null;
  return button(
    `Open the thread ${thread.name}`,
    () => app.session.open(threadId),
    { class: "thread-link", data: { focus: `thread ${threadId}` } },
    icon("thread"),
    isolated(thread.name),
  );
}

/**
 * @param {App} app
 * @param {Message} message
 */
function systemLine(app, message) {
  return h(
    "article",
    { class: "message system", tabindex: -1, data: { id: message.id, focus: message.id } },
    h("p", {}, memberName(app, message.author_id), ` ${SYSTEM[message.type]} `, message.content && isolated(message.content), " ", stamp(message.timestamp)),
    message.reply_to && replyLine(app, message),
    message.thread_id && threadLink(app, message.thread_id),
  );
}

/**
 * @param {App} app
 * @param {Message} message
 */
function editor(app, message) {
  const field = h("textarea", { class: "edit-field", "aria-label": "Edit your message", rows: 2, dir: "auto", maxlength: 2000, data: { focus: `edit ${message.id}` } }, app.session.draft ?? message.content);
  const save = async () => {
    if (await app.interactions.perform({ do: "edit", message_id: message.id, content: field.value })) app.session.edit(null);
  };
  field.addEventListener("input", () => {
    app.session.draft = field.value;
  });
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") app.session.edit(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save();
  });
  queueMicrotask(() => {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
  return h(
    "div",
    { class: "editor" },
    field,
    h("p", { class: "faint" }, button("Save", save, { class: "as-link" }), " (Enter) · ", button("Cancel", () => app.session.edit(null), { class: "as-link" }), " (Escape)"),
  );
}
