/**
 * Builds DOM nodes. Text only ever becomes a text node: nothing here, or elsewhere in this page, parses markup.
 * @module
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

const FORBIDDEN = /^(on|style$|srcdoc$)/i;
const PROPERTIES = new Set(["value", "checked", "indeterminate"]);

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes, and `on` (listeners), `aria`, `data`, `vars` (CSS custom properties)
 * @param {...(Child | Child[])} children
 * @returns {any} the element (any: each caller knows which kind it made)
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...nodes(children));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, /** @type {any} */ (listener));
  } else if (name === "aria") {
    for (const [key, text] of Object.entries(value)) {
      if (text !== null && text !== undefined) element.setAttribute(`aria-${key}`, String(text));
    }
  } else if (name === "data") {
    for (const [key, text] of Object.entries(value)) element.dataset[key] = String(text);
  } else if (name === "vars") {
    for (const [key, text] of Object.entries(value)) element.style.setProperty(`--${key}`, String(text));
  } else if (PROPERTIES.has(name)) {
    /** @type {any} */ (element)[name] = value;
  } else if (FORBIDDEN.test(name)) {
    throw new Error(`${name} is not allowed as an attribute`);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * @param {any[]} children
 * @returns {(Node | string)[]}
 */
function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * A member's text with its own direction, so that it cannot reorder what stands beside it.
 * @param {Child} text
 * @param {string} [className]
 */
export function isolated(text, className) {
  return h("bdi", { class: className }, text);
}

/**
 * The address if it is safe to follow, else null: only http and https, never javascript:, data: or a relative one.
 * @param {string | null | undefined} address
 * @returns {string | null}
 */
export function safeHref(address) {
  if (!address) return null;
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A link to another site, or its children alone when the address is not safe.
 * @param {string | null | undefined} address
 * @param {Record<string, any>} props
 * @param {...(Child | Child[])} children
 */
export function link(address, props, ...children) {
  const href = safeHref(address);
  if (!href) return h("span", {}, ...children);
  return h("a", { ...props, href, title: href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/**
 * A button that does something; the label names it for everybody.
 * @param {string} label
 * @param {() => void} action
 * @param {Record<string, any>} [props]
 * @param {...(Child | Child[])} children default: the label
 */
export function button(label, action, props = {}, ...children) {
  const shown = children.length ? children : [label];
  const named = children.length ? { "aria-label": label, title: label } : {};
  return h("button", { type: "button", ...named, ...props, on: { click: action, ...(props.on ?? {}) } }, ...shown);
}

/**
 * Replace an element's children; whoever had the focus keeps it, found again by `data-focus`.
 * @param {HTMLElement} container
 * @param {...(Child | Child[])} children
 */
export function refill(container, ...children) {
  const key = focusKeyWithin(container);
  container.replaceChildren(...nodes(children));
  restoreFocus(container, key);
}

/**
 * @param {HTMLElement} container
 * @returns {string | null}
 */
export function focusKeyWithin(container) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !container.contains(active)) return null;
  return active.dataset.focus ?? null;
}

/**
 * @param {HTMLElement} container
 * @param {string | null} key
 */
export function restoreFocus(container, key) {
  if (key === null) return;
  if (container.dataset.focus === key) {
    container.focus({ preventScroll: true });
    return;
  }
  const again = container.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/**
 * The element of the page with this id; the page's own markup promises it.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page lacks #${id}`);
  return element;
}
