// What can be done to messages and with the app's buttons and selects; one listener for the whole page.

import { $, $$, announce, el, emojiSign, hasEmoji, iconButton, toast } from "./dom.js";
import { messageOf, store } from "./store.js";
import { act } from "./wire.js";
import { editMessage } from "./composer.js";
import { pop } from "./pop.js";

const QUICK = [
  ..."eyes +1 heart tada white_check_mark joy pray rocket fire raised_hands thinking_face".split(" "),
  ..."bulb clap memo sparkles warning x wave 100 bug mag hourglass_flowing_sand".split(" "),
];

export const pressed = new Map(); // feedback given: "channel ts action" → value

export function listen(openThread) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && !button.disabled) DEEDS[button.dataset.do]?.(button, openThread);
    if (!event.target.closest("details.menu")) $$("details.menu[open]").forEach((menu) => (menu.open = false));
  });
  document.body.dataset.by = "keys";
  document.addEventListener("pointerdown", () => (document.body.dataset.by = "pointer"), true);
  document.addEventListener("keydown", () => (document.body.dataset.by = "keys"), true);
  document.addEventListener("keydown", inMenu, true);
  document.addEventListener("toggle", (event) => event.target.matches?.("details.menu[open]") && placeMenu(event.target), true);
  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-field][data-dispatch]");
    if (field) use(field, valueOf(field));
  });
}

/** Arrows walk an open menu of a message; Escape closes it, and nothing else. */
function inMenu(event) {
  const menu = event.target.closest?.("details.menu[open]") ?? (event.key === "Escape" && $("details.menu[open]"));
  if (!menu) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    menu.open = false;
    $("summary", menu).focus();
  } else if (step) {
    const entries = $$(".menu-entry", menu);
    const at = entries.indexOf(document.activeElement);
    entries[at < 0 && step < 0 ? entries.length - 1 : (at + step + entries.length) % entries.length].focus();
  } else return;
  event.preventDefault();
}

/** Where there is room: a menu at the edge opens to the left, one at the bottom upwards. */
function placeMenu(menu) {
  const entries = $(".menu-entries", menu);
  entries.classList.remove("leftward", "upward");
  const frame = (menu.closest(".log, .dialog-body") ?? document.body).getBoundingClientRect();
  const box = entries.getBoundingClientRect();
  entries.classList.toggle("leftward", box.right > frame.right);
  entries.classList.toggle("upward", box.bottom > frame.bottom && box.top - box.height > frame.top + 40);
}

function messageAt(node) {
  const article = node.closest(".message");
  return article && messageOf(article.dataset.channel, article.dataset.ts);
}

const placeOf = (message) => ({ channel: message.channel, ts: message.ts });

const DEEDS = {
  click: (button) => use(button, button.dataset.value ?? null),
  react: (button) => act("react", { ...placeOf(messageAt(button)), name: button.dataset.name }),
  "pick-emoji": pickEmoji,
  thread: (button, openThread) => {
    const message = messageAt(button);
    openThread(message.channel, message.root ?? message.ts);
  },
  copy: (button) => copy(messageAt(button).text, "Copied the message."),
  "copy-code": (button) => copy($("code", button.closest(".code")).textContent, "Copied the code."),
  edit: (button) => editMessage(button.closest(".message"), messageAt(button)),
  delete: async (button) => {
    const message = messageAt(button);
    const answers = { confirm: "Delete", deny: "Keep", danger: true };
    const question = { title: "Delete this message?", text: "This cannot be undone.", ...answers };
    if (await ask(question)) act("delete", placeOf(message));
  },
  shortcuts: (button) => {
    const message = messageAt(button);
    const offered = store.shortcuts.filter((shortcut) => shortcut.type === "message");
    pop(button, "Shortcuts", offered.map((shortcut) => ({
      label: shortcut.name,
      note: shortcut.description,
      run: () => act("shortcut", { ...placeOf(message), callback: shortcut.callback_id }),
    })));
  },
  enlarge: (button) => enlarge($("img", button)),
  "page-back": (button) => turnPage(button, -1),
  "page-on": (button) => turnPage(button, 1),
};

// --- the app's elements ---

export function valueOf(field) {
  const files = $("input[type=file]", field);
  if (files) return [...files.files];
  const boxes = $$("input[type=checkbox], input[type=radio]", field);
  if (boxes.length) return boxes.filter((box) => box.checked).map((box) => box.value);
  const select = $("select", field);
  if (select?.multiple) return [...select.selectedOptions].map((option) => option.value);
  return $("select, input, textarea", field)?.value ?? "";
}

/** What the controls of a view hold now, by block and action; files are left to the submit. */
export function valuesIn(root) {
  const values = {};
  for (const field of $$("[data-field]", root)) {
    const { block, action } = field.dataset;
    const value = valueOf(field);
    if (action && !value?.[0]?.name) (values[block] ??= {})[action] = value;
  }
  return values;
}

async function use(element, value) {
  if (element.dataset.confirm && !(await ask(JSON.parse(element.dataset.confirm)))) return;
  const view = element.closest("[data-view]");
  const message = messageAt(element);
  const where = view ? { view: view.dataset.view, values: valuesIn(view) } : placeOf(message);
  element.classList.add("busy");
  const answer = await act("click", { ...where, block: element.dataset.block, action: element.dataset.action, value });
  element.classList.remove("busy");
  const menu = element.closest("details.menu");
  if (menu) menu.open = false;
  const group = element.closest(".feedback");
  if (!answer.ok || !group || !message) return;
  pressed.set(`${message.channel} ${message.ts} ${element.dataset.action}`, value);
  $$("button", group).forEach((button) => button.setAttribute("aria-pressed", String(button === element)));
  announce("Thank you for the feedback.");
}

/** A question with two answers; resolves to whether it was confirmed. */
export function ask({ title, text, html, confirm, deny, danger }) {
  const dialog = $("#ask");
  const body = html === undefined ? el("p", {}, text) : el("div", { html });
  const yes = el("button", { type: "button", class: `button ${danger ? "danger" : "primary"}` }, confirm);
  const no = el("button", { type: "button", class: "button" }, deny);
  dialog.replaceChildren(el("h2", { id: "ask-title" }, title), body, el("div", { class: "dialog-foot" }, no, yes));
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.close();
      resolve(answer);
    };
    yes.onclick = () => end(true);
    no.onclick = () => end(false);
    dialog.oncancel = () => resolve(false);
  });
}

function pickEmoji(button) {
  const message = messageAt(button);
  const entries = QUICK.map((name) => ({
    label: emojiSign(store.emoji[name] ?? name, name),
    title: name,
    run: () => act("react", { ...placeOf(message), name }),
  }));
  pop(button, "Reactions", entries, hasEmoji() ? "emoji-grid" : "emoji-names");
}

function enlarge(picture) {
  const dialog = $("#lightbox");
  const close = iconButton("close", "Close", { class: "icon-button lightbox-close", onclick: () => dialog.close() });
  dialog.replaceChildren(close, el("img", { src: picture.src, alt: picture.alt }), el("p", {}, picture.alt));
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.showModal();
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copiedByHand(text)) return toast("The browser did not allow copying.");
  }
  toast(done);
}

/** A page that came over plain HTTP, as to a phone on the same network, has no clipboard to write to. */
function copiedByHand(text) {
  const field = el("textarea", { class: "unseen", readonly: true });
  const before = document.activeElement;
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return isCopied;
}

function turnPage(button, step) {
  const table = button.closest(".data-table");
  const rows = $$("tbody tr", table);
  const length = Number(table.dataset.page);
  const pages = Math.ceil(rows.length / length);
  const page = Math.min(pages - 1, Math.max(0, Number(table.dataset.at ?? 0) + step));
  table.dataset.at = String(page);
  rows.forEach((row, index) => (row.hidden = Math.floor(index / length) !== page));
  $(".pager-at", table).textContent = `${page * length + 1}–${Math.min(rows.length, (page + 1) * length)} of ${rows.length}`;
  $("[data-do=page-back]", table).disabled = page === 0;
  $("[data-do=page-on]", table).disabled = page === pages - 1;
}
