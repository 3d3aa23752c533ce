/**
 * A text field with a list of suggestions (the ARIA combobox pattern): arrows move, Enter takes, Escape closes.
 * @module
 */

import { h } from "../dom.js";

let count = 0;

/** @typedef {{disabled?: boolean, content: any}} Row */

/** The list of suggestions of one text field. */
export class Listbox {
  /** @type {Row[]} */
  #rows = [];
  #active = -1;
  #id = `listbox-${(count += 1)}`;

  /**
   * @param {HTMLElement} field
   * @param {{label: string, take: (index: number) => void, eager?: boolean}} wish eager: the first row is marked at once
   */
  constructor(field, { label, take, eager = false }) {
    this.field = field;
    this.take = take;
    this.eager = eager;
    this.element = h("div", { class: "listbox", role: "listbox", id: this.#id, hidden: true, aria: { label } });
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.#id);
    field.setAttribute("aria-expanded", "false");
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.hide());
  }

  get open() {
    return !this.element.hidden;
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.#rows = rows;
    this.element.replaceChildren(...rows.map((row, index) => this.#row(row, index)));
    this.element.hidden = rows.length === 0;
    this.field.setAttribute("aria-expanded", String(this.open));
    this.#mark(this.eager ? rows.findIndex((row) => !row.disabled) : -1);
  }

  hide() {
    this.element.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  /**
   * @param {Row} row
   * @param {number} index
   */
  #row(row, index) {
    const props = { class: "listbox-row", role: "option", id: `${this.#id}-${index}`, aria: { selected: "false", disabled: row.disabled ? "true" : null } };
    const press = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!row.disabled) this.take(index);
    };
    return h("div", { ...props, on: { mousedown: press } }, row.content);
  }

  /** @param {number} index */
  #mark(index) {
    this.#active = index;
    [...this.element.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    const row = this.element.children[index];
    if (row) {
      this.field.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.open) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#step(step);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.hide();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.#active >= 0 && !event.shiftKey) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.take(this.#active);
    }
  }

  /** @param {number} step */
  #step(step) {
    const size = this.#rows.length;
    let index = this.#active;
    for (let tries = 0; tries < size; tries += 1) {
      index = index < 0 && step < 0 ? size - 1 : (index + step + size) % size;
      if (!this.#rows[index].disabled) return this.#mark(index);
    }
  }
}
