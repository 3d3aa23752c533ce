/**
 * The form of one slash command, in place of the message field: its options, Run and Cancel.
 * @module
 */

import { button, h, isolated } from "../dom.js";
import { firstFault } from "../forms/dialog.js";
import { complain } from "../notices.js";
import { Refusal } from "../server.js";
import { optionField } from "./fields.js";

/** @typedef {import("../app.js").App} App */

/**
 * @param {App} app
 * @param {import("./catalogue.js").Entry} entry
 * @param {() => void} done called when the form has had its day
 */
export function commandForm(app, entry, done) {
  /** @type {import("./fields.js").Field[]} */
  const fields = [];
  const around = { app, path: entry.path, values: () => plainValues(fields) };
  fields.push(...entry.options.map((option) => optionField(option, around)));
  const error = h("p", { class: "form-error", role: "alert" });
  const run = h("button", { type: "submit", class: "primary" }, "Run");
  const form = h(
    "form",
    { class: "command", novalidate: true, aria: { label: `Run /${entry.path}` } },
    h("div", { class: "command-head" }, h("strong", {}, "/", isolated(entry.path)), h("span", { class: "faint" }, isolated(entry.description))),
    fields.length > 0 && h("div", { class: "options" }, fields.map((field) => field.element)),
    error,
    h("div", { class: "command-end" }, h("span", { class: "faint hint" }, "Enter runs it, Escape goes back"), button("Cancel", done, { class: "quiet" }), run),
  );
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && done());
  form.addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.textContent = firstFault(form);
    if (error.textContent) return;
    run.disabled = true;
    const sent = await send(app, entry.path, fields);
    run.disabled = false;
    if (sent) done();
  });
  queueMicrotask(() => (form.querySelector("input, select") ?? run).focus());
  return form;
}

/**
 * The values that can be read at once (a file has to be sent first).
 * @param {import("./fields.js").Field[]} fields
 */
function plainValues(fields) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const field of fields) {
    if (field.element.querySelector('input[type="file"]')) continue;
    const value = field.read();
    if (value !== undefined) values[field.name] = value;
  }
  return values;
}

/**
 * @param {App} app
 * @param {string} path
 * @param {import("./fields.js").Field[]} fields
 */
async function send(app, path, fields) {
  const channelId = app.session.channelId;
  /** @type {Record<string, any>} */
  const options = {};
  try {
    for (const field of fields) {
      const value = await field.read();
      if (value !== undefined) options[field.name] = value;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    complain(error.message);
    return false;
  }
  return app.interactions.interact({ do: "slash", channel_id: channelId, name: path, options }, { channelId });
}
