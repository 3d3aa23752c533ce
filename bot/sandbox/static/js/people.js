/**
 * The right side: who one is, among the members.
 * @module
 */

import { button, byId, h, isolated, refill } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./forms/popover.js";
import { avatar, memberName } from "./message/names.js";
import { mayUse } from "./slash/catalogue.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Member} Member */

/** @param {App} app */
export function startPeople(app) {
  const draw = () => drawPeople(app);
  app.store.watch(["members", "session", "status", "commands"], draw);
}

/** @param {App} app */
function drawPeople(app) {
  const { store } = app;
  const people = [...store.people()].sort((a, b) => Number(b.moderator) - Number(a.moderator));
  const bots = store.state.members.filter((member) => member.bot);
  if (!bots.some((member) => member.id === store.state.bot.id)) bots.unshift(botMember(app));
  refill(
    byId("people"),
    h("div", { class: "people-head" }, h("h2", {}, "You are"), button("Close", () => app.closeDrawers(), { class: "tool drawer-close" }, icon("close"))),
    h(
      "fieldset",
      { class: "scroll member-list" },
      h("legend", { class: "visually-hidden" }, "Act as this member"),
      people.map((member) => personRow(app, member)),
      h("h3", {}, bots.length === 1 ? "Bot" : "Bots"),
      bots.map((member) => botRow(app, member)),
    ),
  );
}

/** @param {App} app @returns {Member} */
function botMember({ store }) {
  return { ...store.state.bot, color: "#2f6f6a", bot: true, roles: [], moderator: false, permissions: "0" };
}

/**
 * @param {App} app
 * @param {Member} member
 */
function personRow(app, member) {
  const mine = member.id === app.session.me;
  return h(
    "div",
    { class: mine ? "person mine" : "person" },
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "me",
        value: member.id,
        checked: mine,
        data: { focus: `member ${member.id}` },
        on: { change: () => app.session.become(member.id) },
      }),
      avatar(app, member.id),
      h(
        "span",
        { class: "person-words" },
        memberName(app, member.id),
        h("span", { class: "faint roles" }, member.roles.length ? isolated(member.roles.join(", ")) : "Member"),
      ),
      member.moderator && h("span", { class: "badge" }, "MOD"),
    ),
    userMenu(app, member),
  );
}

/**
 * @param {App} app
 * @param {Member} member
 */
function botRow(app, member) {
  const { bot } = app.store.state;
  const state = member.id === bot.id ? (bot.online ? "online" : "offline") : "";
  return h(
    "div",
    { class: "person" },
    h(
      "div",
      { class: "person-bot" },
      avatar(app, member.id),
      h("span", { class: "person-words" }, memberName(app, member.id), h("span", { class: "faint roles" }, state)),
      h("span", { class: "badge" }, "BOT"),
    ),
    userMenu(app, member),
  );
}

/**
 * @param {App} app
 * @param {Member} member
 */
function userMenu(app, member) {
  const commands = app.store.state.commands.filter((command) => command.type === 2 && mayUse(app, command));
  if (commands.length === 0) return null;
  const run = (/** @type {string} */ name) => {
    const channelId = app.session.channelId;
    app.interactions.interact({ do: "menu", name, user_id: member.id, channel_id: channelId }, { channelId });
  };
  const open = () =>
    openMenu(anchor, `Apps for ${member.name}`, [
      { heading: "Apps" },
      ...commands.map((command) => ({ text: command.name, act: () => run(command.name) })),
    ]);
  const anchor = button(`Apps for ${member.name}`, open, { class: "tool", aria: { haspopup: "menu" }, data: { focus: `apps ${member.id}` } }, icon("more"));
  return anchor;
}
