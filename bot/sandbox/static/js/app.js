/**
 * Holds the page together: the state, this tab's session, what was asked of the bot, and the views that move others.
 * @module
 */

import { Interactions } from "./interactions.js";
import { Session } from "./session.js";
import { Store } from "./store.js";
import { byId } from "./dom.js";

/** What every view gets. */
export class App {
  store = new Store();
  session = new Session(this.store);
  interactions = new Interactions(this.store, this.session);
  /** @type {(messageId: string) => void} set by the timeline */
  jump = () => {};
  #wanted = "";

  /** Go to a channel, also one whose news has not arrived yet. @param {string} channelId */
  visit(channelId) {
    this.#wanted = channelId;
    this.#arrive();
  }

  #arrive() {
    if (!this.#wanted || !this.store.channel(this.#wanted)) return;
    const channelId = this.#wanted;
    this.#wanted = "";
    this.session.open(channelId);
  }

  /** Take in one live change. @param {any} change */
  hear(change) {
    this.store.apply(change);
    if (["snapshot", "channel", "channel_deleted", "member", "member_removed"].includes(change.type)) {
      this.session.settle();
      this.#arrive();
      this.store.touch("session");
    }
    this.interactions.hear(change);
  }

  /** On narrow screens: show or hide a side. @param {string} name */
  toggleDrawer(name) {
    const app = byId("app");
    const open = app.dataset.drawer === name;
    app.dataset.drawer = open ? "" : name;
    if (!open) /** @type {HTMLElement | null} */ (byId(name).querySelector("[aria-current], input:checked"))?.focus();
  }

  closeDrawers() {
    byId("app").dataset.drawer = "";
  }
}
