/**
 * The page's own line drawings, made as SVG nodes.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} drawn on a field of 20 by 20 */
const PATHS = {
  text: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  forum: "M3 4h14v9H9l-4 3.5V13H3zM6.5 7.5h7M6.5 10h4",
  thread: "M5 3v6a4 4 0 0 0 4 4h7M13 9.5l3.5 3.5-3.5 3.5",
  dm: "M2.5 5h15v10h-15zM3 5.5l7 5.5 7-5.5",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  reply: "M8 4.5 3.5 9 8 13.5M4 9h7a5.5 5.5 0 0 1 5.5 5.5v1",
  edit: "M4 16l.8-3.5L13.5 4 16 6.5 7.5 15.2zM11.5 6 14 8.5",
  trash: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  smile: "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M6.8 11.8c1.5 2.3 4.9 2.3 6.4 0M7.5 7.8h.01M12.5 7.8h.01",
  close: "M5 5l10 10M15 5 5 15",
  plus: "M10 4v12M4 10h12",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  people: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2.5 16.5c0-3 2-5 5-5s5 2 5 5M13 4a2.8 2.8 0 0 1 0 5.5M14.5 11.8c2 .7 3 2.4 3 4.7",
  eye: "M2.5 10S5 4.8 10 4.8 17.5 10 17.5 10 15 15.2 10 15.2 2.5 10 2.5 10M10 7.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4",
  attach: "M14.5 9.5 9 15a3.2 3.2 0 0 1-4.6-4.6L11 3.8a2.2 2.2 0 0 1 3.2 3.2l-6.4 6.3a1.1 1.1 0 0 1-1.6-1.6L12 6",
  send: "M3 10 17 3.5 13 17l-3.5-5.5zM9.5 11.5 17 3.5",
  away: "M8 4H4v12h12v-4M11.5 3.5h5v5M16 4l-7 7",
};

/**
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", name === "more" ? "icon icon-dots" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.more);
  svg.append(path);
  return svg;
}
