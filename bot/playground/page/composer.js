// Where a person writes: many lines, files by button, drop or paste, commands and mentions completed, the last one edited.

import { $, $$, el, icon, iconButton, size, toast } from "./dom.js";
import { isForBot, store } from "./store.js";
import { Suggestions } from "./suggest.js";
import { act } from "./wire.js";
import { pop } from "./pop.js";

const HINT = "Enter sends · Shift + Enter starts a new line · ↑ edits your last message";

export class Composer {
  /** `place()` gives {channel, thread}; `sent(channel, ts, text)` is told of every message; `mine()` the last own one. */
  constructor(root, id, { place, sent, mine }) {
    this.place = place;
    this.sent = sent;
    this.mine = mine;
    this.files = [];
    this.drafts = new Map();
    this.text = el("textarea", { id, rows: "1", "aria-label": "Message", enterkeyhint: "send" });
    this.tray = el("div", { class: "tray" });
    this.button = iconButton("send", "Send", { type: "submit", class: "icon-button send" });
    const picker = el("input", { type: "file", multiple: true, hidden: true });
    picker.addEventListener("change", () => {
      this.add(picker.files);
      picker.value = "";
    });
    this.bolt = iconButton("bolt", "Shortcuts", { onclick: () => this.offerShortcuts() });
    const attach = iconButton("attach", "Add files", { onclick: () => picker.click() });
    this.broadcast = el("input", { type: "checkbox" });
    this.broadcastLine = el("label", { class: "broadcast" }, this.broadcast, "Also send to the channel");
    const spacer = el("span", { class: "spacer" });
    const bar = el("div", { class: "composer-bar" }, attach, this.bolt, this.broadcastLine, spacer, this.button);
    this.form = el("form", { class: "composer" }, this.tray, this.text, picker, bar);
    root.append(this.form, el("p", { class: "composer-hint" }, HINT));
    this.suggestions = new Suggestions(this.text, this.form, () => Boolean(this.place()?.thread));
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("input", () => this.grow());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    const panel = this.form.closest("main, aside");
    panel.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      panel.classList.add("dropping");
    });
    panel.addEventListener("dragleave", (event) => panel.contains(event.relatedTarget) || panel.classList.remove("dropping"));
    panel.addEventListener("drop", (event) => {
      panel.classList.remove("dropping");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.text.value) {
      const last = this.mine();
      if (!last) return;
      event.preventDefault();
      editMessage(last.node, last.message, this.text);
    }
  }

  /** Another place: each keeps its own draft. */
  show(key, label) {
    if (key !== this.at) {
      const typed = { text: this.text.value, files: this.files };
      if (this.at !== undefined) this.drafts.set(this.at, typed);
      // What was typed before the first state came stays.
      const draft = this.at === undefined ? typed : (this.drafts.get(key) ?? { text: "", files: [] });
      this.at = key;
      this.text.value = draft.text;
      this.files = draft.files;
      this.broadcast.checked = false;
      this.drawTray();
      this.grow();
    }
    this.text.placeholder = label;
    this.text.setAttribute("aria-label", label);
    this.bolt.hidden = !store.shortcuts.some((shortcut) => shortcut.type === "global");
    this.broadcastLine.hidden = !this.place()?.canBroadcast;
  }

  add(files) {
    this.files = [...this.files, ...files];
    this.drawTray();
    this.text.focus();
  }

  drawTray() {
    $$("img", this.tray).forEach((picture) => URL.revokeObjectURL(picture.src));
    this.tray.replaceChildren(...this.files.map((file, index) => this.tile(file, index)));
    this.tray.hidden = !this.files.length;
    this.grow();
  }

  tile(file, index) {
    const remove = iconButton("close", `Remove ${file.name}`, {
      class: "icon-button remove",
      onclick: () => {
        this.files = this.files.filter((_, at) => at !== index);
        this.drawTray();
        this.text.focus();
      },
    });
    const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
    const shown = isPicture ? el("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file");
    return el("div", { class: "tile" }, shown, el("span", {}, el("b", {}, file.name), el("small", {}, size(file.size))), remove);
  }

  grow() {
    this.text.style.height = "auto";
    const wanted = this.text.scrollHeight; // 0 while the panel is not shown
    if (wanted) this.text.style.height = `${Math.min(wanted, innerHeight * 0.4)}px`;
    this.button.disabled = !this.text.value.trim() && !this.files.length;
  }

  async send() {
    const { channel, thread } = this.place();
    const text = this.text.value.trim();
    const files = this.files;
    if ((!text && !files.length) || this.isSending) return;
    if (text.startsWith("/") && !files.length) return this.command(channel, thread, text);
    this.isSending = true;
    this.form.classList.add("busy");
    const broadcast = this.broadcast.checked ? "1" : "";
    const answer = await act("post", { channel, thread: thread ?? "", text, broadcast }, files);
    this.form.classList.remove("busy");
    this.isSending = false;
    if (!answer.ok) return;
    this.empty();
    this.sent(channel, thread ?? (isForBot(channel, text) ? answer.ts : null));
  }

  async command(channel, thread, text) {
    const name = text.split(/\s/, 1)[0];
    const known = store.commands.map((command) => command.command);
    if (known.length && !known.includes(name)) {
      toast(`${name} is not a command here. Known: ${known.join(", ")}`);
      return;
    }
    const answer = await act("command", { channel, thread, text });
    if (answer.ok) this.empty();
  }

  empty() {
    this.text.value = "";
    this.files = [];
    this.broadcast.checked = false;
    this.drawTray();
    this.text.focus();
  }

  offerShortcuts() {
    const offered = store.shortcuts.filter((shortcut) => shortcut.type === "global");
    pop(this.bolt, "Shortcuts", offered.map((shortcut) => ({
      label: shortcut.name,
      note: shortcut.description,
      run: () => act("shortcut", { callback: shortcut.callback_id }),
    })));
  }
}

/** An editor in the message's place; Escape gives up, Enter saves. */
export function editMessage(article, message, returnTo = null) {
  const body = $(":scope > .content > .body", article);
  const before = [...body.childNodes];
  const text = el("textarea", { rows: "2", "aria-label": "Edit your message" });
  text.value = message.text;
  const end = () => {
    body.replaceChildren(...before);
    (returnTo ?? article).focus();
  };
  const save = async () => {
    const changed = text.value.trim();
    end();
    if (changed && changed !== message.text) await act("edit", { channel: message.channel, ts: message.ts, text: changed });
  };
  text.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") end();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  const cancel = el("button", { type: "button", class: "button", onclick: end }, "Cancel");
  const done = el("button", { type: "button", class: "button primary", onclick: save }, "Save");
  body.replaceChildren(el("div", { class: "editor" }, text, el("div", { class: "editor-foot" }, cancel, done)));
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  article.scrollIntoView({ block: "nearest" });
}
