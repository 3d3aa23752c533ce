/**
 * What the server has said: one snapshot, kept true by the live changes. Knows no element of the page.
 * @module
 */

import { compareIds, putById } from "./order.js";
import { FLAG } from "./types.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Member} Member */

/** @type {Snapshot} */
const EMPTY = {
  guild: { id: "0", name: "Sandbox" },
  bot: { id: "0", name: "bot", online: false },
  members: [],
  channels: [],
  messages: {},
  commands: [],
  ephemerals: {},
};

/**
 * Put a message in its place; tell whether it is new, or a promised answer that is there now.
 * @param {Message[]} list
 * @param {Message} message
 */
function putAndCompare(list, message) {
  const before = list.find((known) => known.id === message.id);
  const promised = Boolean(before && before.flags & FLAG.THINKING && !(message.flags & FLAG.THINKING));
  return putById(list, message) || promised;
}

/** Each change: how it alters the state; the answer names what views have to draw again. */
const REDUCERS = {
  /** @param {Store} store @param {{state: Snapshot}} change */
  snapshot(store, { state }) {
    store.state = { ...EMPTY, ...state };
    for (const list of Object.values(store.state.messages)) {
      list.sort((a, b) => compareIds(a.id, b.id));
      for (const message of list) store.remember(message);
    }
    return ["everything"];
  },
  /** @param {Store} store @param {{channel_id: string, message: Message}} change */
  message(store, { channel_id, message }) {
    store.remember(message);
    const news = putAndCompare((store.state.messages[channel_id] ??= []), message);
    if (news) store.arrived(message);
    return ["messages"];
  },
  /** @param {Store} store @param {{channel_id: string, message_ids: string[]}} change */
  message_deleted(store, { channel_id, message_ids }) {
    const gone = new Set(message_ids);
    const list = store.state.messages[channel_id] ?? [];
    store.state.messages[channel_id] = list.filter((message) => !gone.has(message.id));
    return ["messages"];
  },
  /** @param {Store} store @param {{channel_id: string, message_id: string, reactions: any[]}} change */
  reactions(store, { channel_id, message_id, reactions }) {
    const list = store.state.messages[channel_id] ?? [];
    const index = list.findIndex((message) => message.id === message_id);
    if (index >= 0) list[index] = { ...list[index], reactions };
    return ["messages"];
  },
  /** @param {Store} store @param {{member_id: string, message: Message}} change */
  ephemeral(store, { member_id, message }) {
    const news = putAndCompare((store.state.ephemerals[member_id] ??= []), message);
    if (news) store.arrived(message, member_id);
    return ["messages"];
  },
  /** @param {Store} store @param {{member_id: string, message_id: string}} change */
  ephemeral_deleted(store, { member_id, message_id }) {
    const list = store.state.ephemerals[member_id] ?? [];
    store.state.ephemerals[member_id] = list.filter((message) => message.id !== message_id);
    return ["messages"];
  },
  /** @param {Store} store @param {{channel: Channel}} change */
  channel(store, { channel }) {
    putAnywhere(store.state.channels, channel);
    return ["channels"];
  },
  /** @param {Store} store @param {{channel_id: string}} change */
  channel_deleted(store, { channel_id }) {
    store.state.channels = store.state.channels.filter((channel) => channel.id !== channel_id);
    delete store.state.messages[channel_id];
    return ["channels", "messages"];
  },
  /** @param {Store} store @param {{member: Member}} change */
  member(store, { member }) {
    putAnywhere(store.state.members, member);
    return ["members"];
  },
  /** @param {Store} store @param {{member_id: string}} change */
  member_removed(store, { member_id }) {
    store.state.members = store.state.members.filter((member) => member.id !== member_id);
    return ["members"];
  },
  /** @param {Store} store @param {{commands: any[]}} change */
  commands(store, { commands }) {
    store.state.commands = commands;
    return ["commands"];
  },
  /** @param {Store} store @param {{online: boolean}} change */
  bot_status(store, { online }) {
    store.state.bot = { ...store.state.bot, online };
    return ["status"];
  },
};

/**
 * @template {{id: string}} T
 * @param {T[]} list
 * @param {T} item
 */
function putAnywhere(list, item) {
  const index = list.findIndex((other) => other.id === item.id);
  if (index >= 0) list[index] = item;
  else list.push(item);
}

/** The state, and who wants to hear of its changes. */
export class Store {
  /** @type {Snapshot} */
  state = structuredClone(EMPTY);
  /** @type {Set<(topics: Set<string>) => void>} */
  #watchers = new Set();
  /** @type {Set<(message: Message, memberId: string | null) => void>} */
  #greeters = new Set();
  /** @type {Map<string, string>} names of authors, also of those who have left since */
  #authors = new Map();
  /** @type {Set<string>} */
  #topics = new Set();

  /**
   * Take in one change; a type that the page does not know changes nothing.
   * @param {any} change
   */
  apply(change) {
    const reducer = /** @type {Record<string, (store: Store, change: any) => string[]>} */ (REDUCERS)[change.type];
    if (reducer) this.touch(...reducer(this, change));
  }

  /**
   * Ask every view that watches these topics to draw again, once, after the current work.
   * @param {...string} topics
   */
  touch(...topics) {
    const idle = this.#topics.size === 0;
    for (const topic of topics) this.#topics.add(topic);
    if (idle && this.#topics.size > 0) queueMicrotask(() => this.#tell());
  }

  #tell() {
    const topics = this.#topics;
    this.#topics = new Set();
    for (const watcher of this.#watchers) watcher(topics);
  }

  /**
   * Call `draw` whenever one of the topics changed.
   * @param {string[]} topics
   * @param {() => void} draw
   */
  watch(topics, draw) {
    this.#watchers.add((changed) => {
      if (changed.has("everything") || topics.some((topic) => changed.has(topic))) draw();
    });
  }

  /**
   * Call `greet` for each message that was not there before (a snapshot's messages are not news).
   * @param {(message: Message, memberId: string | null) => void} greet
   */
  onArrival(greet) {
    this.#greeters.add(greet);
  }

  /**
   * @param {Message} message
   * @param {string | null} [memberId] the only member who sees it
   */
  arrived(message, memberId = null) {
    for (const greet of this.#greeters) greet(message, memberId);
  }

  /** @param {string | null | undefined} id */
  member(id) {
    return this.state.members.find((member) => member.id === id) ?? null;
  }

  /** @param {string | null | undefined} id */
  channel(id) {
    return this.state.channels.find((channel) => channel.id === id) ?? null;
  }

  /**
   * The name of a member, also of the bot and of one who has left.
   * @param {string | null | undefined} id
   */
  nameOf(id) {
    if (id === this.state.bot.id) return this.state.bot.name;
    return this.member(id)?.name ?? this.#authors.get(id ?? "") ?? "somebody who left";
  }

  /**
   * Keep the author's name for later.
   * @param {Message} message
   */
  remember(message) {
    if (message.author_name) this.#authors.set(message.author_id, message.author_name);
  }

  /** The members a person can be: everybody but bots. */
  people() {
    return this.state.members.filter((member) => !member.bot);
  }

  /**
   * What this member sees in this channel, oldest first.
   * @param {string} channelId
   * @param {string} memberId
   * @returns {Message[]}
   */
  timeline(channelId, memberId) {
    const said = this.state.messages[channelId] ?? [];
    const own = (this.state.ephemerals[memberId] ?? []).filter((message) => message.channel_id === channelId);
    if (own.length === 0) return said;
    return [...said, ...own].sort((a, b) => compareIds(a.id, b.id));
  }

  /**
   * The channels that this member sees.
   * @param {string} memberId
   */
  visibleChannels(memberId) {
    return this.state.channels.filter((channel) => this.#sees(channel, memberId));
  }

  /**
   * @param {Channel} channel
   * @param {string} memberId
   * @returns {boolean}
   */
  #sees(channel, memberId) {
    if (channel.visible_to && !channel.visible_to.includes(memberId)) return false;
    if (!channel.visible_to && this.state.members.some((member) => member.id === memberId && member.left)) return false;
    if (channel.type !== "thread") return true;
    const parent = this.channel(channel.parent_id);
    return parent === null || this.#sees(parent, memberId);
  }
}
