/**
 * The left side: the community, the bot's state, and the channels with their threads.
 * @module
 */

import { byId, h, isolated, refill } from "./dom.js";
import { icon } from "./icons.js";
import { roving } from "./forms/popover.js";
import { compareIds } from "./order.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Channel} Channel */

/**
 * @param {App} app
 */
export function startSidebar(app) {
  const list = byId("channel-list");
  roving(list, ".channel");
  app.store.watch(["channels", "place", "session", "unread"], () => drawChannels(app, list));
  app.store.watch(["status"], () => drawStatus(app));
  drawStatus(app);
}

/** @param {App} app */
function drawStatus(app) {
  const { bot, guild } = app.store.state;
  byId("guild").replaceChildren(isolated(guild.name));
  const words = h("span", {}, isolated(bot.name), bot.online ? " is online" : " is offline");
  refill(byId("bot-status"), h("span", { class: bot.online ? "dot online" : "dot", "aria-hidden": "true" }), words);
  document.title = `${guild.name} · Sandbox`;
}

/**
 * @param {App} app
 * @param {HTMLElement} list
 */
function drawChannels(app, list) {
  const seen = app.store.visibleChannels(app.session.me);
  const ids = new Set(seen.map((channel) => channel.id));
  const roots = ordered(seen.filter((channel) => !channel.parent_id || !ids.has(channel.parent_id)));
  const loose = roots.filter((channel) => channel.type !== "category");
  const categories = roots.filter((channel) => channel.type === "category");
  refill(list, group(app, seen, loose), categories.map((category) => categoryGroup(app, seen, category)));
}

/** @param {Channel[]} channels */
function ordered(channels) {
  return [...channels].sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || compareIds(a.id, b.id));
}

/**
 * @param {App} app
 * @param {Channel[]} seen
 * @param {Channel} category
 */
function categoryGroup(app, seen, category) {
  const inner = ordered(seen.filter((channel) => channel.parent_id === category.id));
  const id = `category-${category.id}`;
  return h("section", { class: "category", aria: { labelledby: id } }, h("h3", { id }, isolated(category.name)), group(app, seen, inner));
}

/**
 * @param {App} app
 * @param {Channel[]} seen
 * @param {Channel[]} channels
 */
function group(app, seen, channels) {
  if (channels.length === 0) return null;
  return h("ul", { class: "channels" }, channels.map((channel) => entry(app, seen, channel)));
}

/**
 * @param {App} app
 * @param {Channel[]} seen
 * @param {Channel} channel
 * @returns {HTMLElement}
 */
function entry(app, seen, channel) {
  const threads = seen.filter((other) => other.type === "thread" && other.parent_id === channel.id);
  const current = channel.id === app.session.channelId;
  const unread = app.session.unread.has(channel.id) && !current;
  const classes = ["channel", channel.type === "thread" && "is-thread", unread && "unread", channel.archived && "archived"];
  const follow = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    app.session.open(channel.id);
    app.closeDrawers();
  };
  const anchor = h(
    "a",
    {
      class: classes.filter(Boolean).join(" "),
      href: `#/${channel.id}`,
      aria: { current: current ? "page" : null },
      data: { focus: `channel ${channel.id}` },
      on: { click: follow },
    },
    icon(channel.type),
    isolated(channel.name, "channel-name"),
    unread && h("span", { class: "visually-hidden" }, " (unread)"),
    channel.visible_to && channel.type !== "dm" && h("span", { class: "mark" }, "private"),
    channel.archived && h("span", { class: "mark" }, "archived"),
    channel.locked && h("span", { class: "mark", title: "locked" }, icon("lock"), h("span", { class: "visually-hidden" }, "locked")),
  );
  const newestFirst = [...threads].sort((a, b) => Number(a.archived) - Number(b.archived) || compareIds(b.id, a.id));
  return h("li", {}, anchor, group(app, seen, newestFirst));
}
