/**
 * The foot of the page: writing a message, answering one, attaching files, and finding a slash command by typing "/".
 * @module
 */

import { button, byId, h, isolated } from "./dom.js";
import { icon } from "./icons.js";
import { Listbox } from "./forms/listbox.js";
import { complain } from "./notices.js";
import { Refusal, upload } from "./server.js";
import { catalogue, fitting, mayUse } from "./slash/catalogue.js";
import { commandForm } from "./slash/form.js";

/** @typedef {import("./app.js").App} App */

const LONGEST = 2000;
const COUNT_FROM = 1800;

/** The field for a new message. */
export class Composer {
  /** @type {{name: string, id: string}[]} */
  #uploads = [];
  /** @type {import("./slash/catalogue.js").Entry[]} */
  #found = [];
  #place = "";

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.foot = byId("foot");
    this.field = h("textarea", { id: "message-field", rows: 1, dir: "auto", autocomplete: "off", maxlength: 4000 });
    this.label = h("label", { for: "message-field", class: "visually-hidden" });
    this.reply = h("div", { class: "reply-banner", hidden: true });
    this.files = h("ul", { class: "upload-list", "aria-label": "Files to send", hidden: true });
    this.counter = h("span", { class: "faint counter", role: "status" });
    this.typing = h("p", { class: "typing faint", role: "status" });
    this.palette = new Listbox(this.field, { label: "Commands", eager: true, take: (index) => this.#take(this.#found[index]) });
    this.form = this.#makeForm();
    this.foot.append(this.form, this.typing);
    app.store.watch(["place", "session", "composer", "members", "channels"], () => this.draw());
  }

  #makeForm() {
    const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files", on: { change: () => this.#attach(picker) } });
    const form = h(
      "form",
      { class: "composer", "aria-label": "New message" },
      this.palette.element,
      this.reply,
      this.files,
      this.label,
      h(
        "div",
        { class: "composer-line" },
        button("Attach a file", () => picker.click(), { class: "tool" }, icon("attach")),
        picker,
        this.field,
        this.counter,
        h("button", { type: "submit", class: "tool send", "aria-label": "Send", title: "Send" }, icon("send")),
      ),
    );
    form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.#send();
    });
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    return form;
  }

  draw() {
    const { session, store } = this.app;
    const channel = session.channel();
    const place = `${session.channelId} ${session.me}`;
    if (place !== this.#place) {
      this.#place = place;
      this.#closeCommand();
      this.palette.hide();
    }
    const writable = channel !== null && channel.type !== "forum" && (!channel.locked || session.moderates());
    const name = store.nameOf(session.me);
    const where = channel?.type === "text" ? `#${channel.name}` : (channel?.name ?? "");
    this.foot.hidden = channel?.type === "forum";
    this.field.disabled = !writable;
    this.field.placeholder = writable ? `Message ${where} as ${name}` : "This thread is locked";
    this.label.textContent = `Message ${where} as ${name}; type / for commands`;
    this.#drawReply();
  }

  #drawReply() {
    const { session, store } = this.app;
    const message = session.replyTo;
    this.reply.hidden = message === null;
    if (!message) return this.reply.replaceChildren();
    this.reply.replaceChildren(
      h("span", {}, "Replying to ", h("strong", {}, isolated(store.nameOf(message.author_id)))),
      button("Cancel the reply", () => session.answer(null), { class: "tool" }, icon("close")),
    );
    this.field.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && this.app.session.replyTo) this.app.session.answer(null);
    if (event.key === "ArrowUp" && !this.field.value) this.#editLast(event);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  /** @param {KeyboardEvent} event */
  #editLast(event) {
    const { session, store } = this.app;
    const own = store.timeline(session.channelId, session.me).filter((message) => message.author_id === session.me);
    if (own.length === 0) return;
    event.preventDefault();
    session.edit(own[own.length - 1].id);
  }

  #typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 240)}px`;
    const left = LONGEST - this.field.value.length;
    this.counter.textContent = this.field.value.length > COUNT_FROM ? String(left) : "";
    this.counter.classList.toggle("over", left < 0);
    const typed = /^\/([^\n]*)$/.exec(this.field.value);
    if (!typed) return this.palette.hide();
    this.#found = fitting(catalogue(this.app.store.state.commands), typed[1]).slice(0, 60);
    this.palette.show(this.#found.map((entry) => this.#paletteRow(entry)));
  }

  /** @param {import("./slash/catalogue.js").Entry} entry */
  #paletteRow(entry) {
    const allowed = mayUse(this.app, entry.root);
    return {
      disabled: !allowed,
      content: [
        h("strong", {}, "/", isolated(entry.path)),
        h("span", { class: "option-names" }, entry.options.map((option) => h("span", { class: option.required ? "chip needed" : "chip" }, option.name))),
        h("span", { class: "faint row-more" }, isolated(entry.description), allowed ? null : " (needs a permission)"),
      ],
    };
  }

  /** @param {import("./slash/catalogue.js").Entry} entry */
  #take(entry) {
    this.palette.hide();
    this.#clear();
    const form = commandForm(this.app, entry, () => {
      this.#closeCommand();
      this.field.focus();
    });
    this.foot.querySelector(".command")?.remove();
    this.form.hidden = true;
    this.foot.prepend(form);
  }

  #closeCommand() {
    this.foot.querySelector(".command")?.remove();
    this.form.hidden = false;
  }

  #clear() {
    this.field.value = "";
    this.#uploads = [];
    this.#drawFiles();
    this.#typed();
  }

  async #send() {
    const { interactions, session } = this.app;
    const content = this.field.value;
    if (!content.trim() && this.#uploads.length === 0) return;
    if (content.length > LONGEST) return complain(`A message has at most ${LONGEST} characters; this one has ${content.length}.`);
    const fields = {
      do: "say",
      channel_id: session.channelId,
      content,
      ...(session.replyTo ? { reply_to: session.replyTo.id } : {}),
      ...(this.#uploads.length ? { uploads: this.#uploads.map((file) => file.id) } : {}),
    };
    const uploads = this.#uploads;
    this.#clear();
    if (await interactions.perform(fields)) {
      session.answer(null);
    } else if (!this.field.value) {
      this.field.value = content;
      this.#uploads = uploads;
      this.#drawFiles();
    }
  }

  /** @param {HTMLInputElement} picker */
  async #attach(picker) {
    const chosen = [...(picker.files ?? [])];
    picker.value = "";
    for (const file of chosen) {
      try {
        this.#uploads.push({ name: file.name, id: await upload(this.app.session.me, file) });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        complain(error.message);
      }
    }
    this.#drawFiles();
    this.field.focus();
  }

  #drawFiles() {
    this.files.hidden = this.#uploads.length === 0;
    this.files.replaceChildren(
      ...this.#uploads.map((file) => {
        const drop = () => {
          this.#uploads = this.#uploads.filter((other) => other !== file);
          this.#drawFiles();
        };
        return h("li", {}, isolated(file.name), button(`Remove ${file.name}`, drop, { class: "tool" }, icon("close")));
      }),
    );
  }
}
