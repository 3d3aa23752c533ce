/**
 * Names for the ids in a text: members, roles, channels; and how a member is drawn.
 * @module
 */

import { h, isolated } from "../dom.js";
import { memberColors } from "../colors.js";

/** @typedef {import("../app.js").App} App */

/**
 * What renderMarkdown asks for mentions.
 * @param {App} app
 * @returns {import("../markdown/render.js").Names}
 */
export function namesFor(app) {
  const { store, session } = app;
  return {
    mention(what, id, text) {
      if (what === "command") return { label: `/${text}` };
      if (what === "role") return roleMention(app, id);
      if (what === "channel") {
        const channel = store.channel(id);
        if (!channel) return { label: "#unknown" };
        const mark = channel.type === "text" ? "#" : "";
        return { label: `${mark}${channel.name}`, open: () => session.open(id) };
      }
      return { label: `@${store.nameOf(id)}`, mine: id === session.me };
    },
  };
}

/**
 * @param {App} app
 * @param {string} id
 */
function roleMention(app, id) {
  const role = app.store.state.guild.roles?.find((other) => other.id === id);
  const mine = role !== undefined && (app.store.member(app.session.me)?.roles ?? []).includes(role.name);
  return { label: `@${role?.name ?? "unknown role"}`, mine };
}

/**
 * A member's round picture: the first letter on the member's colour.
 * @param {App} app
 * @param {string | null} memberId
 */
export function avatar(app, memberId) {
  const name = app.store.nameOf(memberId);
  const color = app.store.member(memberId)?.color;
  const initial = [...name.trim()][0] ?? "?";
  return h("span", { class: "avatar", "aria-hidden": "true", vars: memberColors(color) }, initial.toLocaleUpperCase());
}

/**
 * A member's name in the member's colour.
 * @param {App} app
 * @param {string | null} memberId
 */
export function memberName(app, memberId) {
  const color = app.store.member(memberId)?.color;
  return h("span", { class: "name", vars: memberColors(color) }, isolated(app.store.nameOf(memberId)));
}

/**
 * Whether this member is a program.
 * @param {App} app
 * @param {string | null} memberId
 */
export function isBot(app, memberId) {
  return memberId === app.store.state.bot.id || (app.store.member(memberId)?.bot ?? false);
}
