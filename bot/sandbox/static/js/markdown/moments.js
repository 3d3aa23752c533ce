/**
 * Writes moments of time for people, in the browser's language and zone. Keeps relative ones true while the page is open.
 * @module
 */

import { h } from "../dom.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** @type {Record<string, Intl.DateTimeFormat>} */
const STYLES = {
  t: clock,
  T: new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }),
  d: new Intl.DateTimeFormat(undefined, { dateStyle: "short" }),
  D: day,
  f: new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" }),
  F: full,
  s: new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" }),
  S: new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" }),
};

/**
 * Each unit with its seconds, and from how many of them on the next one is used.
 * @type {[Intl.RelativeTimeFormatUnit, number, number][]}
 */
const UNITS = [["second", 1, 60], ["minute", 60, 60], ["hour", 3600, 24], ["day", 86400, 30], ["month", 2629800, 12]];

/**
 * @param {number} unix seconds
 * @param {number} now milliseconds
 * @returns {string}
 */
export function inWords(unix, now) {
  const seconds = unix - now / 1000;
  // Rounded, not cut: what was put off for a day just now is said to be a day away, not 23 hours.
  const [unit, size] = UNITS.find(([, length, most]) => Math.round(Math.abs(seconds) / length) < most) ?? ["year", 31557600];
  return relative.format(Math.round(seconds / size), unit);
}

/**
 * A `<t:unix:style>` moment.
 * @param {number} unix
 * @param {string} style
 */
export function moment(unix, style) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return h("span", {}, `<t:${unix}>`);
  const props = { class: "moment", datetime: date.toISOString(), title: full.format(date) };
  if (style === "R") return h("time", { ...props, data: { relative: unix } }, inWords(unix, Date.now()));
  return h("time", props, (STYLES[style] ?? STYLES.f).format(date));
}

/**
 * When a message was written.
 * @param {string} iso
 * @param {string} [className]
 */
export function stamp(iso, className = "stamp") {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return h("span", { class: className }, iso);
  return h("time", { class: className, datetime: iso, title: full.format(date) }, clock.format(date));
}

/**
 * The day of a moment, for the line between two days.
 * @param {string} iso
 */
export function dayOf(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "" : day.format(date);
}

/** Keep every relative moment on the page true. */
export function keepRelativeTimes() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const unix = Number(/** @type {HTMLElement} */ (element).dataset.relative);
      element.textContent = inWords(unix, Date.now());
    }
  }, 20_000);
}
