// The app's modals and its home tab.

import { $, $$, el, iconButton } from "./dom.js";
import { store } from "./store.js";
import { act } from "./wire.js";
import { valueOf, valuesIn } from "./actions.js";

export function drawViews(errors = {}) {
  const dialog = $("#view");
  const view = store.views.at(-1);
  if (!view) {
    if (dialog.open) dialog.close();
    dialog.dataset.sign = "";
    return;
  }
  const sign = `${view.id} ${view.hash}`;
  if (dialog.dataset.sign !== sign) draw(dialog, view);
  dialog.dataset.sign = sign;
  showErrors(dialog, errors);
  if (!dialog.open) {
    dialog.showModal();
    $("[autofocus], .input input, .input textarea, .input select", dialog)?.focus();
  }
}

function draw(dialog, view) {
  const isSame = dialog.dataset.view === view.id;
  const held = isSame ? controlsIn(dialog) : null;
  dialog.dataset.view = view.id;
  const close = () => act("close", { view: view.id });
  const foot = el("div", { class: "dialog-foot" }, el("button", { type: "button", class: "button", onclick: close }, view.close));
  if (view.submit) foot.append(el("button", { type: "submit", class: "button primary" }, view.submit));
  const title = el("h2", { id: "view-title" }, view.title);
  const head = el("div", { class: "dialog-head" }, title, iconButton("close", "Close", { onclick: close }));
  const form = el("form", { novalidate: true }, head, el("div", { class: "dialog-body", html: view.html }), foot);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(dialog, view, form);
  });
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  if (held) refill(dialog, held);
}

async function submit(dialog, view, form) {
  if (form.classList.contains("busy")) return;
  form.classList.add("busy");
  showErrors(dialog, {});
  const values = valuesIn(form);
  const isUploaded = await uploadFiles(form, values);
  const answer = isUploaded ? await act("submit", { view: view.id, values }) : {};
  form.classList.remove("busy");
  if (answer.errors) showErrors(dialog, answer.errors);
}

async function uploadFiles(form, values) {
  for (const field of $$("[data-field]:has(input[type=file])", form)) {
    const files = valueOf(field);
    if (!files.length) continue;
    const most = Number($("input", field).dataset.most ?? 10);
    const answer = await act("upload", {}, files.slice(0, most));
    if (!answer.ok) return false;
    (values[field.dataset.block] ??= {})[field.dataset.action] = answer.files;
  }
  return true;
}

function showErrors(dialog, errors) {
  for (const input of $$("[data-input]", dialog)) {
    const said = errors[input.dataset.input] ?? "";
    $(".field-error", input).textContent = said;
    input.classList.toggle("wrong", Boolean(said));
  }
  $(".wrong input, .wrong textarea, .wrong select", dialog)?.focus();
}

const keyOf = (control) => {
  const { block, action } = control.closest("[data-field]").dataset;
  return `${block} ${action} ${["checkbox", "radio"].includes(control.type) ? control.value : ""}`;
};

function controlsIn(root) {
  return new Map($$("[data-field] :is(input, textarea, select)", root).map((control) => [keyOf(control), control]));
}

/** An updated view keeps what the person typed where block and action stay the same, as Slack does. */
function refill(root, held) {
  for (const [key, control] of controlsIn(root)) {
    const old = held.get(key);
    if (!old || old.type !== control.type) continue;
    if (control.type === "file") control.files = old.files;
    else if (["checkbox", "radio"].includes(control.type)) control.checked = old.checked;
    else if (!control.multiple) control.value = old.value;
  }
}

export function drawHome(root) {
  const home = store.home;
  if (!home) {
    root.replaceChildren(el("p", { class: "quiet" }, "The app has not published its home tab yet."));
    return;
  }
  if (root.dataset.sign === home.hash && root.firstElementChild?.dataset.view === home.id) return;
  root.dataset.sign = home.hash;
  const focused = focusIn(root);
  const top = root.scrollTop;
  root.replaceChildren(el("div", { class: "home", html: home.html, data: { view: home.id } }));
  root.scrollTop = top;
  focused?.();
}

/** What was used is found again after the app has published anew: by its action, as its block may be another one. */
function focusIn(root) {
  const held = root.contains(document.activeElement) && document.activeElement.closest("[data-action]");
  if (!held) return null;
  const all = () => $$(`[data-action="${CSS.escape(held.dataset.action)}"]`, root);
  const at = all().indexOf(held);
  return () => {
    const found = all()[at];
    if (found) ($("select, input, textarea", found) ?? found).focus({ preventScroll: true });
  };
}
