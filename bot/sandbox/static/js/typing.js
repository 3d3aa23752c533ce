/**
 * Says who is typing in the open channel, for as long as Discord does: ten seconds, or until the message.
 * @module
 */

const SHOWN_MS = 10_000;

/** Who types where. */
export class Typing {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} "channel member" to its timer */
  #now = new Map();

  /**
   * @param {import("./app.js").App} app
   * @param {HTMLElement} line
   */
  constructor(app, line) {
    this.app = app;
    this.line = line;
    app.store.watch(["place"], () => this.#draw());
    app.store.onArrival((message) => this.#end(`${message.channel_id} ${message.author_id}`));
  }

  /** @param {any} change */
  hear(change) {
    if (change.type !== "typing") return;
    const key = `${change.channel_id} ${change.member_id}`;
    clearTimeout(this.#now.get(key));
    this.#now.set(key, setTimeout(() => this.#end(key), SHOWN_MS));
    this.#draw();
  }

  /** @param {string} key */
  #end(key) {
    clearTimeout(this.#now.get(key));
    if (this.#now.delete(key)) this.#draw();
  }

  #draw() {
    const { session, store } = this.app;
    const names = [...this.#now.keys()]
      .map((key) => key.split(" "))
      .filter(([channel, member]) => channel === session.channelId && member !== session.me)
      .map(([, member]) => store.nameOf(member));
    this.line.textContent = names.length === 0 ? "" : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing…`;
  }
}
