/**
 * What this tab has asked of the bot and has no answer to yet: buttons pressed, commands run, forms sent.
 * The answer to the act and the live change race each other, so that either may come first.
 * @module
 */

import { act, Refusal } from "./server.js";
import { complain } from "./notices.js";

/** @typedef {{channelId: string, messageId?: string, control?: string}} Origin */
/** @typedef {{id: string, memberId: string, channelId: string, text: string}} Failure */

/** The interactions that this tab started. */
export class Interactions {
  /** @type {Map<string, Origin>} */
  #mine = new Map();
  /** @type {Set<Promise<any>>} */
  #inFlight = new Set();
  /** @type {Set<string>} ids that the bot has settled, maybe before this tab heard that they were its own */
  #settled = new Set();
  /** @type {Map<string, string>} message id to the words of its last failure */
  #messageFailures = new Map();
  /** @type {Map<string, Set<string>>} message id to the controls that wait */
  #waiting = new Map();
  /** @type {Failure[]} failures of commands, shown in the channel */
  failures = [];
  /** @type {(change: any) => void} */
  onModal = () => {};

  /**
   * @param {import("./store.js").Store} store
   * @param {import("./session.js").Session} session
   */
  constructor(store, session) {
    this.store = store;
    this.session = session;
  }

  /**
   * Do something that needs no answer from the bot; a refusal is shown.
   * @param {{do: string, [key: string]: any}} fields
   * @returns {Promise<any>} the server's answer, or null when it refused
   */
  async perform(fields) {
    try {
      return await act({ as: this.session.me, ...fields });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      complain(error.message);
      return null;
    }
  }

  /**
   * Do something that the bot has to answer.
   * @param {{do: string, [key: string]: any}} fields
   * @param {Origin} origin
   * @returns {Promise<boolean>} whether the sandbox took it
   */
  async interact(fields, origin) {
    if (origin.messageId) this.#messageFailures.delete(origin.messageId);
    this.#wait(origin);
    const asked = this.perform(fields);
    this.#inFlight.add(asked);
    const answer = await asked;
    if (answer) this.#mine.set(answer.interaction_id, origin);
    this.#inFlight.delete(asked);
    if (!answer || this.#settled.has(answer.interaction_id)) this.#unwait(origin);
    return answer !== null;
  }

  /** @param {Origin} origin */
  #wait(origin) {
    if (!origin.messageId || !origin.control) return;
    const controls = this.#waiting.get(origin.messageId) ?? new Set();
    this.#waiting.set(origin.messageId, controls.add(origin.control));
    this.store.touch("messages");
  }

  /** @param {Origin} origin */
  #unwait(origin) {
    if (!origin.messageId) return;
    this.#waiting.get(origin.messageId)?.delete(origin.control ?? "");
    this.store.touch("messages");
  }

  /**
   * What a message's controls have to show, as one text that changes with it.
   * @param {string} messageId
   */
  trouble(messageId) {
    return { failure: this.#messageFailures.get(messageId) ?? null, waiting: [...(this.#waiting.get(messageId) ?? [])] };
  }

  /**
   * Take in a live change about an interaction; others are none of this module's business.
   * @param {any} change
   */
  async hear(change) {
    if (change.type === "snapshot") this.#forget();
    if (!["modal", "interaction_failed", "interaction_done"].includes(change.type)) return;
    this.#settled.add(change.interaction_id);
    await Promise.allSettled([...this.#inFlight]);
    const origin = this.#mine.get(change.interaction_id);
    if (!origin) return;
    this.#unwait(origin);
    if (change.type === "modal") this.onModal(change);
    if (change.type === "interaction_failed") this.#fail(change, origin);
  }

  /** After a new snapshot nobody waits any longer: the answer may have come while the connection was down. */
  #forget() {
    this.#waiting.clear();
    this.#settled.clear();
  }

  /**
   * @param {any} change
   * @param {Origin} origin
   */
  #fail(change, origin) {
    const text = change.error || "The bot did not answer in time.";
    if (origin.messageId) {
      this.#messageFailures.set(origin.messageId, text);
    } else {
      const { interaction_id: id, member_id: memberId } = change;
      this.failures.push({ id, memberId, channelId: origin.channelId, text });
    }
    this.store.touch("messages");
  }

  /**
   * Take a shown failure away.
   * @param {string} id
   */
  dismiss(id) {
    this.failures = this.failures.filter((failure) => failure.id !== id);
    this.store.touch("messages");
  }
}
