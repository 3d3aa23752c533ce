/**
 * The head of the middle: where one is, what can be started here, and whether the page hears the server.
 * @module
 */

import { button, byId, h, isolated, refill } from "./dom.js";
import { icon } from "./icons.js";
import { askForumPost, askThreadName } from "./threads.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Channel} Channel */

/** @param {App} app */
export function startBar(app) {
  app.store.watch(["place", "channels", "session"], () => drawBar(app));
}

/** @param {App} app */
function drawBar(app) {
  const channel = app.session.channel();
  refill(
    byId("bar"),
    drawerButton(app, "places", "Channels", "menu"),
    channel ? title(app, channel) : h("h1", {}, "No channel"),
    h(
      "div",
      { class: "bar-end" },
      channel?.type === "text" && button("New thread", () => askThreadName(app, null), { class: "quiet", data: { focus: "new" } }, icon("thread"), "New thread"),
      channel?.type === "forum" && button("New post", () => askForumPost(app, channel), { class: "primary", data: { focus: "new" } }, icon("plus"), "New post"),
      drawerButton(app, "people", "Members", "people"),
    ),
  );
}

/**
 * @param {App} app
 * @param {string} drawer
 * @param {string} label
 * @param {string} picture
 */
function drawerButton(app, drawer, label, picture) {
  const props = { class: "tool drawer-open", aria: { controls: drawer }, data: { focus: `drawer ${drawer}` } };
  return button(label, () => app.toggleDrawer(drawer), props, icon(picture));
}

/**
 * @param {App} app
 * @param {Channel} channel
 */
function title(app, channel) {
  const parent = channel.type === "thread" ? app.store.channel(channel.parent_id) : null;
  return h(
    "div",
    { class: "bar-title" },
    parent && [button(`Go to ${parent.name}`, () => app.session.open(parent.id), { class: "crumb", data: { focus: "crumb" } }, icon(parent.type), isolated(parent.name)), h("span", { class: "crumb-mark", "aria-hidden": "true" }, "›")],
    h("h1", {}, icon(channel.type), isolated(channel.name)),
    channel.locked && h("span", { class: "tag" }, icon("lock"), "locked"),
    channel.archived && h("span", { class: "tag" }, "archived"),
    channel.type === "thread" && (channel.tags ?? []).map((tag) => h("span", { class: "tag" }, isolated(tag.name))),
    channel.topic && h("p", { class: "topic", title: channel.topic }, isolated(channel.topic)),
  );
}

/**
 * Show whether the page hears the server.
 * @param {boolean} connected
 */
export function showConnection(connected) {
  const line = byId("connection");
  line.hidden = connected;
  line.textContent = connected ? "" : "The connection to the sandbox is lost. Reconnecting…";
}
