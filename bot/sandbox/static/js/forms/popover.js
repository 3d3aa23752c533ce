/**
 * Small surfaces beside a button: menus and the emoji picker. The browser closes them on Escape or a click elsewhere.
 * @module
 */

import { h } from "../dom.js";

const MARGIN = 8;

/**
 * Show content beside an anchor, in the top layer.
 * @param {HTMLElement} anchor gets the focus back
 * @param {HTMLElement} content
 * @param {{x: number, y: number}} [at] a point instead of the anchor's edge
 * @returns {() => void} closes it
 */
export function openPopover(anchor, content, at) {
  const surface = h("div", { class: "popover", popover: "auto" }, content);
  const close = () => surface.hidePopover();
  surface.addEventListener("toggle", (/** @type {any} */ event) => {
    if (event.newState !== "closed") return;
    const inside = surface.contains(document.activeElement) || document.activeElement === document.body;
    surface.remove();
    if (inside) focusAgain(anchor);
    anchor.removeAttribute("aria-expanded");
  });
  document.body.append(surface);
  // Also keeps a toolbar in sight that is shown only around the focus.
  if (anchor instanceof HTMLButtonElement) anchor.setAttribute("aria-expanded", "true");
  surface.showPopover();
  place(surface, anchor.getBoundingClientRect(), at);
  return close;
}

/**
 * The anchor may have been drawn anew meanwhile: then its successor is found by its focus key.
 * @param {HTMLElement} anchor
 */
function focusAgain(anchor) {
  if (anchor.isConnected) return anchor.focus({ preventScroll: true });
  const holder = anchor.dataset.owner && document.querySelector(`[data-id="${CSS.escape(anchor.dataset.owner)}"]`);
  if (holder instanceof HTMLElement) holder.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} surface
 * @param {DOMRect} anchor
 * @param {{x: number, y: number} | undefined} at
 */
function place(surface, anchor, at) {
  const { width, height } = surface.getBoundingClientRect();
  const left = at ? at.x : anchor.right - width;
  const below = at ? at.y : anchor.bottom + 4;
  const fits = below + height + MARGIN <= innerHeight;
  const top = fits ? below : (at ? at.y : anchor.top) - height - 4;
  surface.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  surface.style.top = `${Math.max(MARGIN, top)}px`;
}

/**
 * Open a menu.
 * @param {HTMLElement} anchor
 * @param {string} label
 * @param {({text: string, icon?: Node, danger?: boolean, act: () => void} | {heading: string} | null)[]} entries
 * @param {{x: number, y: number}} [at]
 */
export function openMenu(anchor, label, entries, at) {
  const menu = h("div", { class: "menu", role: "menu", aria: { label } });
  for (const entry of entries) {
    if (!entry) continue;
    if ("heading" in entry) {
      menu.append(h("p", { class: "menu-heading", role: "presentation" }, entry.heading));
      continue;
    }
    const run = () => {
      close();
      entry.act();
    };
    const props = { type: "button", role: "menuitem", tabindex: -1, class: entry.danger ? "menu-item danger" : "menu-item" };
    menu.append(h("button", { ...props, on: { click: run } }, entry.icon, h("bdi", {}, entry.text)));
  }
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Tab" && close());
  const close = openPopover(anchor, menu, at);
  roving(menu, "[role=menuitem]");
  /** @type {HTMLElement | null} */ (menu.querySelector("[role=menuitem]"))?.focus();
}

/**
 * Arrow keys, Home and End move the focus among the items of a list.
 * @param {HTMLElement} list
 * @param {string} selector
 */
export function roving(list, selector) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (step === undefined || !target.matches(selector)) return;
    const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(selector)]);
    const index = Math.max(0, Math.min(items.length - 1, items.indexOf(target) + step));
    event.preventDefault();
    items[index].focus();
  });
}
