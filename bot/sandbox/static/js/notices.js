/**
 * Short words from the page to the person: errors in a corner, and what a screen reader should hear.
 * @module
 */

import { byId, button, h } from "./dom.js";

const SHOWN_MS = 8000;

/**
 * Show an error until it is dismissed or has been seen for a while.
 * @param {string} text
 */
export function complain(text) {
  const notice = h("div", { class: "notice" }, h("p", {}, text));
  const close = () => notice.remove();
  notice.append(button("Dismiss", close, { class: "quiet" }));
  byId("notices").append(notice);
  setTimeout(close, SHOWN_MS);
}

/**
 * Say something to screen readers only.
 * @param {string} text
 */
export function announce(text) {
  const line = h("p", {}, text);
  const announcer = byId("announcer");
  announcer.append(line);
  while (announcer.childElementCount > 5) announcer.firstElementChild?.remove();
}
