/**
 * The middle of the page: the messages of one channel, drawn anew only where they changed.
 * @module
 */

import { button, byId, focusKeyWithin, h, restoreFocus } from "./dom.js";
import { announce, complain } from "./notices.js";
import { dayOf } from "./markdown/moments.js";
import { messageCard } from "./message/message.js";
import { openMessageMenu } from "./message/tools.js";
import { forumView } from "./threads.js";
import { FLAG } from "./types.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Message} Message */

const SHOWN_AT_FIRST = 150;
const GROUP_MS = 7 * 60 * 1000;
const NEAR_END_PX = 120;
const MESSAGE_LINK = /^https:\/\/discord\.com\/channels\/(\d+)\/(\d+)(?:\/(\d+))?$/;

/** The view of one channel's messages. */
export class Timeline {
  #scroll = byId("conversation");
  #list = h("ol", { class: "timeline", "aria-label": "Messages" });
  #jumpDown = button("Jump to the newest message", () => this.#toEnd(), { class: "jump-down", hidden: true }, "New messages ↓");
  /** @type {Map<string, {source: Message, sign: string, element: HTMLElement}>} */
  #cards = new Map();
  #place = "";
  #limit = SHOWN_AT_FIRST;
  #pinned = true;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    app.store.watch(["messages", "place", "session"], () => this.draw());
    app.store.watch(["members", "channels"], () => this.#drawAnew());
    app.store.onArrival((message, memberId) => this.#greet(message, memberId));
    this.#scroll.addEventListener("scroll", () => this.#notePosition(), { passive: true });
    new ResizeObserver(() => this.#pinned && this.#toEnd()).observe(this.#list);
    this.#list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#move(event));
    this.#list.addEventListener("contextmenu", (/** @type {MouseEvent} */ event) => this.#menu(event));
    this.#list.addEventListener("click", (/** @type {MouseEvent} */ event) => this.#follow(event));
    this.#list.addEventListener("focusin", (/** @type {FocusEvent} */ event) => this.#mark(event.target));
    this.#scroll.append(this.#list, this.#jumpDown);
  }

  #drawAnew() {
    this.#cards.clear();
    this.draw();
  }

  draw() {
    const { session, store } = this.app;
    const channel = session.channel();
    const place = `${session.channelId} ${session.me}`;
    if (place !== this.#place) {
      this.#cards.clear();
      this.#limit = SHOWN_AT_FIRST;
      this.#pinned = true;
      this.#place = place;
    }
    const key = focusKeyWithin(this.#list);
    if (channel?.type === "forum") this.#fill([h("li", {}, forumView(this.app, channel))]);
    else this.#fill(this.#rows(store.timeline(session.channelId, session.me)));
    restoreFocus(this.#list, key);
    this.#ensureStop();
    if (this.#pinned) this.#toEnd();
  }

  /**
   * Put these rows in place, leaving alone those that stand already.
   * @param {HTMLElement[]} rows
   */
  #fill(rows) {
    const wanted = new Set(rows);
    for (const row of [...this.#list.children]) if (!wanted.has(/** @type {HTMLElement} */ (row))) row.remove();
    rows.forEach((row, index) => {
      const there = this.#list.children[index];
      if (there !== row) this.#list.insertBefore(row, there ?? null);
    });
  }

  /**
   * @param {Message[]} messages
   * @returns {HTMLElement[]}
   */
  #rows(messages) {
    const shown = messages.slice(-this.#limit);
    const earlier = messages.length - shown.length;
    /** @type {HTMLElement[]} */
    const rows = earlier > 0 ? [this.#earlierRow(earlier)] : [];
    let day = "";
    /** @type {Message | null} */
    let previous = null;
    for (const message of shown) {
      const today = dayOf(message.timestamp);
      const newDay = today !== day;
      rows.push(this.#row(message, previous, newDay ? today : ""));
      day = today;
      previous = message;
    }
    rows.push(...this.#failureRows());
    if (rows.length === 0) rows.push(h("li", { class: "empty" }, "Nothing here yet. Write the first message."));
    return rows;
  }

  /** @param {number} earlier */
  #earlierRow(earlier) {
    const more = () => {
      this.#limit += SHOWN_AT_FIRST;
      this.#pinned = false;
      this.draw();
    };
    return h("li", { class: "earlier" }, button(`Show earlier messages (${earlier})`, more, { class: "quiet" }));
  }

  /**
   * @param {Message} message
   * @param {Message | null} previous
   * @param {string} day the new day's name, when one begins
   */
  #row(message, previous, day) {
    const { interactions, session } = this.app;
    const compact = !day && follows(message, previous);
    const trouble = interactions.trouble(message.id);
    const sign = JSON.stringify([compact, day, trouble, session.editing === message.id]);
    const known = this.#cards.get(message.id);
    if (known && known.source === message && known.sign === sign) return known.element;
    const card = messageCard(this.app, message, { compact, ...trouble });
    const divider = day && h("p", { class: "day", role: "separator" }, h("span", {}, day));
    const element = h("li", {}, divider, card);
    this.#cards.set(message.id, { source: message, sign, element });
    return element;
  }

  #failureRows() {
    const { interactions, session } = this.app;
    return interactions.failures
      .filter((failure) => failure.memberId === session.me && failure.channelId === session.channelId)
      .map((failure) =>
        h(
          "li",
          { class: "failure-row", role: "status" },
          h("span", { class: "failure" }, `This interaction failed. ${failure.text}`),
          button("Dismiss", () => interactions.dismiss(failure.id), { class: "as-link" }),
        ),
      );
  }

  /** One message can be reached by Tab; the arrows go on from there. */
  #ensureStop() {
    if (this.#list.querySelector('.message[tabindex="0"]')) return;
    this.#list.querySelector("li:last-of-type .message")?.setAttribute("tabindex", "0");
  }

  /** @param {EventTarget | null} target */
  #mark(target) {
    const card = target instanceof Element ? target.closest(".message") : null;
    if (!card) return;
    for (const other of this.#list.querySelectorAll('.message[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    card.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (step === undefined || !target.classList.contains("message")) return;
    const cards = /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll(".message")]);
    const index = Math.max(0, Math.min(cards.length - 1, cards.indexOf(target) + step));
    event.preventDefault();
    cards[index].focus();
    cards[index].scrollIntoView({ block: "nearest" });
  }

  /** @param {MouseEvent} event */
  #menu(event) {
    const target = event.target instanceof Element ? event.target : null;
    const card = target?.closest(".message");
    if (!(card instanceof HTMLElement) || card.classList.contains("ephemeral") || target?.closest("a, textarea, img")) return;
    const { session, store } = this.app;
    const message = store.timeline(session.channelId, session.me).find((other) => other.id === card.dataset.id);
    if (!message) return;
    event.preventDefault();
    const box = card.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    openMessageMenu(this.app, message, card, byKey ? { x: box.left + 60, y: box.top + 20 } : { x: event.clientX, y: event.clientY });
  }

  /**
   * Follow a link to a message or channel of this server here, as Discord's own program does.
   * @param {MouseEvent} event
   */
  #follow(event) {
    const target = event.target instanceof Element ? event.target.closest("a") : null;
    const [, guild, channel, message] = MESSAGE_LINK.exec(target?.href ?? "") ?? [];
    const { session, store } = this.app;
    if (!channel || guild !== store.state.guild.id) return;
    event.preventDefault();
    if (!store.visibleChannels(session.me).some((open) => open.id === channel)) {
      complain("You cannot see the channel that this link leads to.");
      return;
    }
    if (channel !== session.channelId) session.open(channel);
    if (message) requestAnimationFrame(() => this.jump(message));
  }

  /**
   * Go to a message that is shown, and mark it for a moment.
   * @param {string} messageId
   */
  jump(messageId) {
    const { session, store } = this.app;
    const all = store.timeline(session.channelId, session.me);
    const index = all.findIndex((message) => message.id === messageId);
    if (index >= 0 && all.length - index > this.#limit) {
      this.#limit = all.length - index;
      this.draw();
    }
    const card = this.#list.querySelector(`.message[data-id="${CSS.escape(messageId)}"]`);
    if (!(card instanceof HTMLElement)) return;
    this.#pinned = false;
    card.scrollIntoView({ block: "center" });
    card.focus({ preventScroll: true });
    card.classList.add("found");
    setTimeout(() => card.classList.remove("found"), 1600);
  }

  #toEnd() {
    this.#pinned = true;
    this.#jumpDown.hidden = true;
    const forum = this.app.session.channel()?.type === "forum";
    this.#scroll.scrollTop = forum ? 0 : this.#scroll.scrollHeight;
  }

  #notePosition() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    this.#pinned = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#pinned) this.#jumpDown.hidden = true;
  }

  /**
   * @param {Message} message
   * @param {string | null} memberId
   */
  #greet(message, memberId) {
    const { session, store } = this.app;
    if (message.channel_id !== session.channelId || (memberId !== null && memberId !== session.me)) return;
    if (!this.#pinned) this.#jumpDown.hidden = false;
    if (message.author_id === session.me) this.#pinned = true;
    const shown = message.content || message.embeds.map((embed) => embed.title ?? embed.description ?? "").join(" ");
    const words = message.flags & FLAG.THINKING ? "thinking…" : shown || "a message";
    announce(`${store.nameOf(message.author_id)}: ${words.slice(0, 300)}`);
  }
}

/**
 * Whether a message goes on from the one before: the same author, soon after, in the same way.
 * @param {Message} message
 * @param {Message | null} previous
 */
function follows(message, previous) {
  if (!previous || previous.author_id !== message.author_id || message.reply_to) return false;
  if (previous.flags !== message.flags || previous.type > 19 || previous.type === 18) return false;
  return Date.parse(message.timestamp) - Date.parse(previous.timestamp) < GROUP_MS;
}
