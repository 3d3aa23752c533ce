/**
 * Native dialogs, one way to open them: labelled, closed by Escape, with the focus given back by the browser.
 * @module
 */

import { button, h } from "../dom.js";

let count = 0;

/**
 * Open a form in a dialog.
 * @param {{title: string, className?: string, body: any, submit?: string, closed?: () => void,
 *   onSubmit?: (form: HTMLFormElement) => Promise<boolean> | boolean}} wish onSubmit: true closes the dialog
 * @returns {HTMLDialogElement}
 */
export function openDialog({ title, className = "", body, submit, onSubmit, closed }) {
  const id = `dialog-${(count += 1)}`;
  const back = document.activeElement;
  const error = h("p", { class: "form-error", role: "alert" });
  const form = h(
    "form",
    { class: "dialog-form", novalidate: true },
    h("h2", { id, class: "dialog-title", dir: "auto" }, title),
    h("div", { class: "dialog-body" }, body),
    error,
    h(
      "div",
      { class: "dialog-end" },
      button("Cancel", () => dialog.close(), { class: "quiet" }),
      submit && h("button", { type: "submit", class: "primary" }, submit),
    ),
  );
  const dialog = h("dialog", { class: `dialog ${className}`, aria: { labelledby: id } }, form);
  form.addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.textContent = firstFault(form);
    if (error.textContent || !onSubmit) return;
    const end = form.querySelector('[type="submit"]');
    if (end) end.disabled = true;
    if (await onSubmit(form)) dialog.close();
    else if (end) end.disabled = false;
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (back instanceof HTMLElement && back.isConnected) back.focus({ preventScroll: true });
    closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * The first field that is not right, in words, with the focus on it; or nothing.
 * @param {HTMLFormElement} form
 * @returns {string}
 */
export function firstFault(form) {
  const wrong = [...form.elements].find((element) => "checkValidity" in element && !(/** @type {any} */ (element).checkValidity()));
  if (!(wrong instanceof HTMLElement)) return "";
  wrong.focus();
  const field = /** @type {HTMLInputElement} */ (wrong);
  const label = field.labels?.[0]?.dataset.name ?? field.labels?.[0]?.textContent ?? "This field";
  return `${label}: ${field.validationMessage}`;
}
