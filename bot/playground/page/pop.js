// A small menu beside a button: arrows walk it, Escape and a click elsewhere close it.

import { $$, el } from "./dom.js";

let shut = () => {};

export function pop(anchor, label, entries, style = "") {
  shut();
  const buttons = entries.map((entry) => {
    const note = entry.note ? el("small", {}, entry.note) : null;
    const traits = { type: "button", role: "menuitem", title: entry.title, "aria-label": entry.title, class: "menu-entry" };
    const choose = () => {
      close();
      entry.run();
    };
    return el("button", { ...traits, onclick: choose }, el("span", {}, entry.label), note);
  });
  // The tools of a message are there while the focus is in it; without them there is nothing to give it back to.
  const tools = anchor.closest(".toolbar");
  tools?.classList.add("in-use");
  const menu = el("div", { class: `pop ${style}`, role: "menu", "aria-label": label }, ...buttons);
  const outside = (event) => !menu.contains(event.target) && event.target !== anchor && close();
  function close() {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    shut = () => {};
    anchor.isConnected && anchor.focus();
    tools?.classList.remove("in-use");
  }
  shut = close;
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault(); // it closes this menu, and not the thread besides
      close();
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = $$("button", menu);
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
  document.body.append(menu);
  place(menu, anchor.getBoundingClientRect());
  document.addEventListener("pointerdown", outside, true);
  buttons[0]?.focus();
}

function place(menu, beside) {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(beside.right - width, innerWidth - width - 8));
  const below = beside.bottom + 4;
  menu.style.left = `${left}px`;
  menu.style.top = `${below + height > innerHeight - 8 ? Math.max(8, beside.top - height - 4) : below}px`;
}
