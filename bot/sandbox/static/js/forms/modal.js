/**
 * A form that the bot opened: text inputs, select menus, checkboxes, files; each with its label.
 * @module
 */

import { h, isolated } from "../dom.js";
import { renderMarkdown } from "../markdown/render.js";
import { namesFor } from "../message/names.js";
import { complain } from "../notices.js";
import { Refusal, upload } from "../server.js";
import { choiceList, choicesOf, chosenIn, countFault, SELECT_TYPES } from "./choices.js";
import { openDialog } from "./dialog.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {{id: string, read: () => any, fault: () => string}} Field */

const KIND = { ROW: 1, TEXT_INPUT: 4, TEXT: 10, LABEL: 18, FILES: 19, RADIOS: 21, CHECKBOXES: 22, CHECKBOX: 23 };

/**
 * @param {App} app
 * @param {{interaction_id: string, channel_id: string, modal: any}} change
 */
export function openModal(app, { interaction_id, channel_id, modal }) {
  /** @type {Field[]} */
  const fields = [];
  const body = (modal.components ?? []).map((/** @type {any} */ component) => part(app, component, fields, ""));
  const fault = h("p", { class: "form-error", role: "alert" });
  openDialog({
    title: modal.title ?? "Form",
    className: "modal",
    body: [body, fault],
    submit: "Submit",
    onSubmit: async () => {
      fault.textContent = fields.map((field) => field.fault()).find(Boolean) ?? "";
      if (fault.textContent) return false;
      const values = await readAll(fields);
      return values !== null && app.interactions.interact({ do: "modal", interaction_id, values }, { channelId: channel_id });
    },
  });
}

/**
 * @param {Field[]} fields
 * @returns {Promise<Record<string, any> | null>}
 */
async function readAll(fields) {
  /** @type {Record<string, any>} */
  const values = {};
  try {
    for (const field of fields) values[field.id] = await field.read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    complain(error.message);
    return null;
  }
  return values;
}

/**
 * @param {App} app
 * @param {any} component
 * @param {Field[]} fields gains a field when the component is one
 * @param {string} label
 * @returns {any}
 */
function part(app, component, fields, label) {
  if (component.type === KIND.ROW) return (component.components ?? []).map((/** @type {any} */ child) => part(app, child, fields, label));
  if (component.type === KIND.LABEL) {
    const more = component.description && h("p", { class: "faint" }, isolated(component.description));
    return h("div", { class: "labelled-part" }, part(app, component.component, fields, component.label), more);
  }
  if (component.type === KIND.TEXT) return h("div", { class: "prose" }, renderMarkdown(component.content ?? "", namesFor(app)));
  if (component.type === KIND.TEXT_INPUT) return textInput(component, fields, label || component.label);
  if (component.type === KIND.FILES) return files(app, component, fields, label);
  if (component.type === KIND.CHECKBOX) return checkbox(component, fields, label);
  if (SELECT_TYPES.has(component.type)) return choices(component, fields, label || component.placeholder, choicesOf(app, component));
  if (component.type === KIND.RADIOS || component.type === KIND.CHECKBOXES) return choices(component, fields, label, component.options ?? []);
  return null;
}

/**
 * @param {any} component
 * @param {Field[]} fields
 * @param {string} label
 */
function textInput(component, fields, label) {
  const props = {
    required: component.required ?? true,
    minlength: component.min_length,
    maxlength: component.max_length ?? 4000,
    placeholder: component.placeholder,
    dir: "auto",
  };
  const input = component.style === 2 ? h("textarea", { ...props, rows: 5 }, component.value ?? "") : h("input", { ...props, type: "text", autocomplete: "off", value: component.value ?? "" });
  fields.push({ id: component.custom_id, read: () => input.value, fault: () => "" });
  return h("label", { class: "labelled", data: { name: label } }, h("span", {}, isolated(label), required(props.required)), input);
}

/** @param {boolean} is */
function required(is) {
  return is ? h("span", { class: "required", title: "required" }, "*") : null;
}

/**
 * @param {any} component
 * @param {Field[]} fields
 * @param {string} label
 * @param {import("./choices.js").Choice[]} offered
 */
function choices(component, fields, label, offered) {
  const boxes = component.type === KIND.CHECKBOXES;
  const needed = component.required ?? true;
  const least = needed ? (component.min_values ?? 1) : 0;
  const most = component.max_values ?? (boxes ? offered.length : 1);
  const list = choiceList({ legend: label || "Choose", name: component.custom_id, choices: offered, several: boxes || most > 1 || least === 0, hideLegend: false });
  const read = () => {
    const values = chosenIn(list, component.custom_id);
    return component.type === KIND.RADIOS ? (values[0] ?? null) : values;
  };
  const fault = () => {
    const words = countFault(chosenIn(list, component.custom_id).length, least, most);
    return words && `${label}: ${words}`;
  };
  fields.push({ id: component.custom_id, read, fault });
  return list;
}

/**
 * @param {any} component
 * @param {Field[]} fields
 * @param {string} label
 */
function checkbox(component, fields, label) {
  const input = h("input", { type: "checkbox", checked: component.default ?? false });
  fields.push({ id: component.custom_id, read: () => input.checked, fault: () => "" });
  return h("label", { class: "check" }, input, isolated(label));
}

/**
 * @param {App} app
 * @param {any} component
 * @param {Field[]} fields
 * @param {string} label
 */
function files(app, component, fields, label) {
  const most = component.max_values ?? 1;
  const least = (component.required ?? true) ? (component.min_values ?? 1) : 0;
  const input = h("input", { type: "file", multiple: most > 1 });
  const read = () => Promise.all([...input.files].map((file) => upload(app.session.me, file)));
  const fault = () => {
    const words = countFault(input.files.length, least, most);
    return words && `${label}: ${words}`;
  };
  fields.push({ id: component.custom_id, read, fault });
  return h("label", { class: "labelled" }, h("span", {}, isolated(label)), input);
}
