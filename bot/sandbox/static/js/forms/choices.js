/**
 * The choices that a select menu offers, and a labelled list of radio buttons or checkboxes to choose from them.
 * @module
 */

import { h, isolated } from "../dom.js";
import { openDialog } from "./dialog.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {{label: string, value: string, description?: string, emoji?: any, default?: boolean}} Choice */

const FILTER_FROM = 10;
const SELECT = { STRING: 3, USER: 5, ROLE: 6, MENTIONABLE: 7, CHANNEL: 8 };
export const SELECT_TYPES = new Set(Object.values(SELECT));

/** Discord's numbers for the kinds of channels in the snapshot. */
export const CHANNEL_NUMBERS = /** @type {Record<string, number[]>} */ ({
  text: [0, 5],
  dm: [1],
  category: [4],
  thread: [10, 11, 12],
  forum: [15, 16],
});

/**
 * @param {App} app
 * @param {any} component a select menu as the bot sent it
 * @returns {Choice[]}
 */
export function choicesOf(app, component) {
  const chosen = new Set((component.default_values ?? []).map((/** @type {any} */ value) => value.id));
  const mark = (/** @type {Choice} */ choice) => ({ ...choice, default: chosen.has(choice.value) });
  switch (component.type) {
    case SELECT.USER:
      return memberChoices(app).map(mark);
    case SELECT.ROLE:
      return roleChoices(app).map(mark);
    case SELECT.MENTIONABLE:
      return [...memberChoices(app), ...roleChoices(app)].map(mark);
    case SELECT.CHANNEL:
      return channelChoices(app, component.channel_types).map(mark);
    default:
      return component.options ?? [];
  }
}

/** @param {App} app @returns {Choice[]} */
export function memberChoices({ store }) {
  return store.state.members.map((member) => ({ label: member.name, value: member.id, description: member.roles.join(", ") }));
}

/** @param {App} app @returns {Choice[]} */
export function roleChoices({ store }) {
  return (store.state.guild.roles ?? []).map((role) => ({ label: `@${role.name.replace(/^@/, "")}`, value: role.id }));
}

/**
 * @param {App} app
 * @param {number[] | undefined} wanted Discord's channel types
 * @returns {Choice[]}
 */
export function channelChoices({ store, session }, wanted) {
  return store
    .visibleChannels(session.me)
    .filter((channel) => channel.type !== "dm")
    .filter((channel) => !wanted?.length || CHANNEL_NUMBERS[channel.type].some((number) => wanted.includes(number)))
    .map((channel) => ({ label: channel.name, value: channel.id, description: channel.type }));
}

/**
 * A fieldset of radio buttons (one) or checkboxes (several), with a filter when it is long.
 * @param {{legend: string, name: string, choices: Choice[], several: boolean, hideLegend?: boolean}} wish
 */
export function choiceList({ legend, name, choices, several, hideLegend = false }) {
  const rows = choices.map((choice) => choiceRow(choice, name, several));
  const filter = h("input", {
    type: "search",
    class: "filter",
    placeholder: "Filter",
    "aria-label": `Filter ${legend}`,
    on: {
      input: () => {
        const wanted = filter.value.toLocaleLowerCase();
        for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      },
    },
  });
  return h(
    "fieldset",
    { class: "choices" },
    h("legend", { class: hideLegend ? "visually-hidden" : "" }, legend),
    rows.length > FILTER_FROM && filter,
    h("div", { class: "choice-rows" }, rows),
    rows.length === 0 && h("p", { class: "faint" }, "Nothing to choose from."),
  );
}

/**
 * @param {Choice} choice
 * @param {string} name
 * @param {boolean} several
 */
function choiceRow(choice, name, several) {
  const type = several ? "checkbox" : "radio";
  const mark = choice.emoji ? `${choice.emoji.id ? `:${choice.emoji.name}:` : choice.emoji.name} ` : "";
  return h(
    "label",
    { class: "choice" },
    h("input", { type, name, value: choice.value, checked: choice.default ?? false }),
    h(
      "span",
      {},
      mark,
      isolated(choice.label),
      choice.description && h("span", { class: "faint choice-more" }, isolated(choice.description)),
    ),
  );
}

/**
 * What is chosen in a form under this name.
 * @param {HTMLElement} within
 * @param {string} name
 * @returns {string[]}
 */
export function chosenIn(within, name) {
  return [...within.querySelectorAll("input:checked")]
    .filter((input) => /** @type {HTMLInputElement} */ (input).name === name)
    .map((input) => /** @type {HTMLInputElement} */ (input).value);
}

/**
 * What is wrong with this many choices, or nothing.
 * @param {number} count
 * @param {number} least
 * @param {number} most
 * @returns {string}
 */
export function countFault(count, least, most) {
  if (count < least) return `Choose at least ${least}.`;
  return count > most ? `Choose at most ${most}.` : "";
}

/**
 * Ask for values of a select menu.
 * @param {App} app
 * @param {any} component
 * @param {(values: string[]) => void} done
 */
export function askChoice(app, component, done) {
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  const title = component.placeholder || "Choose";
  const list = choiceList({ legend: title, name: "choice", choices: choicesOf(app, component), several: most > 1 || least === 0, hideLegend: true });
  const fault = h("p", { class: "form-error", role: "alert" });
  openDialog({
    title,
    body: [list, fault],
    submit: "Choose",
    onSubmit: (form) => {
      const values = chosenIn(form, "choice");
      fault.textContent = countFault(values.length, least, most);
      if (fault.textContent) return false;
      done(values);
      return true;
    },
  });
}
