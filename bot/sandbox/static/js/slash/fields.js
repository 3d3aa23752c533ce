/**
 * One input per option of a slash command, fitting its type.
 * @module
 */

import { h, isolated } from "../dom.js";
import { channelChoices, memberChoices, roleChoices } from "../forms/choices.js";
import { Listbox } from "../forms/listbox.js";
import { act, upload } from "../server.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {{name: string, element: HTMLElement, read: () => any}} Field read: the value, or undefined when left out */
/** @typedef {{app: App, path: string, values: () => Record<string, any>}} Surroundings */

const TYPE = { STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, ATTACHMENT: 11 };
const ASK_AFTER_MS = 120;

/**
 * @param {any} option as registered
 * @param {Surroundings} around
 * @returns {Field}
 */
export function optionField(option, around) {
  const { input, read, extra } = control(option, around);
  const label = h(
    "label",
    { class: "option", data: { name: option.name } },
    h("span", { class: "option-name" }, isolated(option.name), option.required ? h("span", { class: "required", title: "required" }, "*") : null),
    input,
    described(option) && h("span", { class: "faint option-more" }, isolated(option.description)),
  );
  if (option.required) input.required = true;
  input.dataset.option = option.name;
  return { name: option.name, element: h("div", { class: "option-box" }, label, extra), read };
}

/**
 * Whether a description says anything; libraries fill in dots where there is none.
 * @param {any} option
 */
function described(option) {
  return /[^.…\s]/.test(option.description ?? "");
}

/**
 * @param {any} option
 * @param {Surroundings} around
 * @returns {{input: any, read: () => any, extra?: any}}
 */
function control(option, around) {
  const { app } = around;
  if (option.choices?.length) {
    const choices = option.choices.map((/** @type {any} */ choice) => ({ label: choice.name, value: choice.value }));
    return picked(choices);
  }
  if (option.autocomplete) return suggested(option, around);
  switch (option.type) {
    case TYPE.BOOLEAN:
      return picked([{ label: "True", value: true }, { label: "False", value: false }]);
    case TYPE.USER:
      return picked(memberChoices(app));
    case TYPE.CHANNEL:
      return picked(channelChoices(app, option.channel_types));
    case TYPE.ROLE:
      return picked(roleChoices(app));
    case TYPE.MENTIONABLE:
      return picked([...memberChoices(app), ...roleChoices(app)]);
    case TYPE.ATTACHMENT:
      return file(app);
    default:
      return typed(option);
  }
}

/** @param {{label: string, value: any}[]} choices */
function picked(choices) {
  const input = h(
    "select",
    {},
    h("option", { value: "" }, "–"),
    choices.map((choice, index) => h("option", { value: String(index) }, choice.label)),
  );
  return { input, read: () => (input.value === "" ? undefined : choices[Number(input.value)].value) };
}

/** @param {any} option */
function typed(option) {
  const isNumber = option.type === TYPE.INTEGER || option.type === TYPE.NUMBER;
  const props = isNumber
    ? { type: "number", step: option.type === TYPE.INTEGER ? 1 : "any", min: option.min_value, max: option.max_value }
    : { type: "text", minlength: option.min_length, maxlength: option.max_length ?? 6000, autocomplete: "off" };
  const input = h("input", props);
  const read = () => (input.value === "" ? undefined : isNumber ? Number(input.value) : input.value);
  return { input, read };
}

/** @param {App} app */
function file(app) {
  const input = h("input", { type: "file" });
  return { input, read: () => (input.files.length ? upload(app.session.me, input.files[0]) : undefined) };
}

/**
 * A text field whose suggestions come from the bot.
 * @param {any} option
 * @param {Surroundings} around
 */
function suggested(option, { app, path, values }) {
  const isNumber = option.type === TYPE.INTEGER || option.type === TYPE.NUMBER;
  const input = h("input", { type: "text", autocomplete: "off", maxlength: option.max_length ?? 6000 });
  /** @type {{name: string, value: any}[]} */
  let choices = [];
  /** @type {{name: string, value: any} | null} */
  let taken = null;
  let round = 0;
  const take = (/** @type {number} */ index) => {
    taken = choices[index];
    input.value = taken.name;
    listbox.hide();
  };
  const listbox = new Listbox(input, { label: `Suggestions for ${option.name}`, take });
  const ask = async () => {
    const mine = (round += 1);
    await new Promise((resolve) => setTimeout(resolve, ASK_AFTER_MS));
    if (mine !== round) return;
    const options = { ...values(), [option.name]: isNumber ? Number(input.value) || 0 : input.value };
    const fields = { as: app.session.me, do: "autocomplete", channel_id: app.session.channelId, name: path, options, focused: option.name };
    const answer = await act(fields).catch(() => ({ choices: [] }));
    if (mine !== round || document.activeElement !== input) return;
    choices = answer.choices ?? [];
    listbox.show(choices.map((choice) => ({ content: isolated(choice.name) })));
  };
  input.addEventListener("input", () => {
    taken = null;
    ask();
  });
  input.addEventListener("focus", () => taken === null && ask());
  const read = () => {
    if (input.value === "") return undefined;
    if (taken) return taken.value;
    return isNumber ? Number(input.value) : input.value;
  };
  return { input, read, extra: listbox.element };
}
