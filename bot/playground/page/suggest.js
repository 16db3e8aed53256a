// Completion in a message box: slash commands at its beginning, people after an @.

import { el } from "./dom.js";
import { store } from "./store.js";

let serial = 0;

export class Suggestions {
  constructor(text, root, isThread) {
    this.text = text;
    this.isThread = isThread;
    this.items = [];
    this.at = 0;
    this.list = el("ul", { class: "suggestions", role: "listbox", id: `suggestions-${++serial}`, "aria-label": "Suggestions" });
    this.list.hidden = true;
    root.append(this.list);
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", this.list.id);
    text.addEventListener("input", () => this.update());
    text.addEventListener("click", () => this.update());
    text.addEventListener("blur", () => setTimeout(() => this.left(), 150)); // a press on the list comes first
  }

  update() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    this.items = this.commands(before) ?? this.people(before) ?? [];
    this.at = 0;
    this.draw();
  }

  commands(before) {
    const found = /^\/\S*$/.exec(before);
    if (!found || this.isThread()) return null;
    return store.commands
      .filter((command) => command.command.startsWith(found[0]))
      .map((command) => ({
        label: command.command,
        hint: command.usage_hint ?? "",
        note: command.description ?? "",
        from: 0,
        put: `${command.command} `,
      }));
  }

  people(before) {
    const found = /(^|\s)@([\w.-]*)$/.exec(before);
    if (!found) return null;
    const typed = found[2].toLowerCase();
    const from = before.length - found[2].length - 1;
    return store.people
      .filter((person) => person.id !== store.me && person.id !== "USLACKBOT")
      .filter((person) => [person.name, person.real].some((name) => name.toLowerCase().startsWith(typed)))
      .sort((one, other) => Number(other.bot) - Number(one.bot))
      .map(({ name, real, bot }) => ({ label: `@${name}`, hint: bot ? "App" : "", note: real, from, put: `@${name} ` }));
  }

  draw() {
    this.list.hidden = !this.items.length;
    this.list.replaceChildren(
      ...this.items.map((item, index) =>
        el(
          "li",
          {
            role: "option",
            id: `${this.list.id}-${index}`,
            "aria-selected": String(index === this.at),
            onpointerdown: (event) => {
              event.preventDefault();
              this.choose(index);
            },
          },
          el("b", {}, item.label),
          item.hint ? el("code", {}, item.hint) : null,
          el("small", {}, item.note),
        ),
      ),
    );
    if (this.items.length) this.text.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.text.removeAttribute("aria-activedescendant");
  }

  close() {
    this.items = [];
    this.draw();
  }

  /** Who has come back meanwhile keeps the list. */
  left() {
    if (document.activeElement !== this.text) this.close();
  }

  choose(index) {
    const item = this.items[index];
    const rest = this.text.value.slice(this.text.selectionStart).replace(/^ /, "");
    const put = this.text.value.slice(0, item.from) + item.put;
    this.text.value = put + rest;
    this.text.setSelectionRange(put.length, put.length);
    this.close();
    this.text.dispatchEvent(new Event("input"));
    this.close();
  }

  /** True when the key was meant for the list. */
  key(event) {
    if (!this.items.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isWhole = this.text.value === this.items[this.at].label; // typed to its end: Enter sends
    const isChosen = event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !isWhole);
    if (step) {
      this.at = (this.at + step + this.items.length) % this.items.length;
      this.draw();
    } else if (isChosen) this.choose(this.at);
    else if (event.key === "Escape") this.close();
    else {
      if (isWhole) this.close();
      return false;
    }
    event.preventDefault();
    return true;
  }
}
