/**
 * What this tab alone knows: who one is, where one is, what one answers or edits. Remembers the member per tab, so that
 * two tabs can be two members.
 * @module
 */

import { compareIds } from "./order.js";

const MEMBER_KEY = "sandbox.member";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Message} Message */

/** The tab's own state. Changes are told through the store's topics. */
export class Session {
  me = "";
  channelId = "";
  /** @type {Message | null} */
  replyTo = null;
  /** @type {string | null} */
  editing = null;
  /** @type {string | null} the text being edited, kept while the message is drawn anew */
  draft = null;
  /** @type {Set<string>} channels with something unread */
  unread = new Set();
  /** @type {{me: string, channel: string}} names, to find oneself again after the sandbox was started anew */
  #names = { me: "", channel: "" };

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    addEventListener("hashchange", () => this.#followAddress());
    store.onArrival((message, memberId) => this.#noteUnread(message, memberId));
  }

  /** Make sure that the member and the channel exist; called after each snapshot and change of channels or members. */
  settle() {
    this.#settleMember();
    this.#settleChannel();
    const me = this.store.member(this.me);
    this.#names = { me: me?.name ?? "", channel: this.channel()?.name ?? "" };
  }

  #settleMember() {
    const people = this.store.people();
    const wanted = this.me || sessionStorage.getItem(MEMBER_KEY);
    const found =
      people.find((member) => member.id === wanted) ??
      people.find((member) => member.name === this.#names.me) ??
      people[0];
    this.me = found?.id ?? "";
  }

  #settleChannel() {
    const open = this.store.visibleChannels(this.me).filter((channel) => channel.type !== "category");
    const wanted = this.channelId || channelInAddress();
    const found =
      open.find((channel) => channel.id === wanted) ??
      open.find((channel) => channel.name === this.#names.channel) ??
      this.#liveliest(open);
    this.channelId = found?.id ?? "";
  }

  /** @param {import("./types.js").Channel[]} open */
  #liveliest(open) {
    const newest = (/** @type {string} */ id) => this.store.state.messages[id]?.at(-1)?.id ?? "0";
    return [...open].sort((a, b) => compareIds(newest(b.id), newest(a.id)))[0];
  }

  channel() {
    return this.store.channel(this.channelId);
  }

  /** Whether the chosen member moderates. */
  moderates() {
    return this.store.member(this.me)?.moderator ?? false;
  }

  /**
   * Be another member.
   * @param {string} memberId
   */
  become(memberId) {
    this.me = memberId;
    sessionStorage.setItem(MEMBER_KEY, memberId);
    this.replyTo = null;
    this.editing = null;
    this.settle();
    this.store.touch("session", "place");
  }

  /**
   * Go to a channel or thread.
   * @param {string} channelId
   */
  open(channelId) {
    location.hash = `#/${channelId}`;
    this.#enter(channelId);
  }

  #followAddress() {
    const wanted = channelInAddress();
    if (wanted && wanted !== this.channelId && this.store.channel(wanted)) this.#enter(wanted);
  }

  /** @param {string} channelId */
  #enter(channelId) {
    this.channelId = channelId;
    this.replyTo = null;
    this.editing = null;
    this.unread.delete(channelId);
    this.settle();
    this.store.touch("session", "place");
  }

  /** @param {Message | null} message */
  answer(message) {
    this.replyTo = message;
    this.store.touch("composer");
  }

  /** @param {string | null} messageId */
  edit(messageId) {
    this.editing = messageId;
    this.draft = null;
    this.store.touch("messages");
  }

  /**
   * @param {Message} message
   * @param {string | null} memberId
   */
  #noteUnread(message, memberId) {
    if (message.channel_id === this.channelId || (memberId !== null && memberId !== this.me)) return;
    this.unread.add(message.channel_id);
    this.store.touch("unread");
  }
}

/** @returns {string} */
function channelInAddress() {
  const match = /^#\/(\d+)$/.exec(location.hash);
  return match ? match[1] : "";
}
