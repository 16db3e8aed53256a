// A list of messages kept in step with the store: what did not change is not touched, so focus and scroll stay.

import { $, $$, el, emojiSign, icon, iconButton, size } from "./dom.js";
import { readUntil, sessionOf, store, unreadReplies } from "./store.js";
import { pressed } from "./actions.js";

const TOGETHER_S = 300;
const NEAR_BOTTOM = 90;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dateOf = (ts) => new Date(Number(ts) * 1000);

export class MessageList {
  constructor(log, { isThread = false } = {}) {
    this.log = log;
    this.isThread = isThread;
    this.drawn = new Map();
    this.place = "";
    log.addEventListener("keydown", (event) => this.walk(event));
    log.addEventListener("load", () => this.sticks && this.toBottom(), true);
    log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    log.addEventListener("scroll", (event) => event.target.matches?.(".table-wrap") && hintAt(event.target), true);
    new ResizeObserver(() => this.resized()).observe(log); // a thread opens beside it
  }

  show(channel, ts, messages, empty) {
    const place = `${store.me} ${channel} ${ts}`;
    const isNew = place !== this.place;
    if (isNew) {
      this.place = place;
      this.drawn.clear();
      this.log.replaceChildren();
      this.mark = readUntil(channel, ts);
      this.sticks = true;
    }
    const sticks = isNew || this.sticks;
    const rows = this.rows(messages);
    if (!messages.length && empty) rows.push({ key: "empty", sign: "empty", draw: empty });
    this.reconcile(rows);
    if (sticks) this.toBottom();
    hintAtMore(this.log);
  }

  clear() {
    this.place = "";
    this.drawn.clear();
    this.log.replaceChildren();
  }

  /** Only a person goes up: what grows below while a scroll is told of does not unstick. */
  scrolled() {
    const isUp = this.log.scrollTop < (this.top ?? 0);
    this.top = this.log.scrollTop;
    if (this.isNearBottom()) this.sticks = true;
    else if (isUp) this.sticks = false;
  }

  isNearBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
  }

  resized() {
    if (this.sticks) this.toBottom();
    hintAtMore(this.log);
  }

  /** A conversation of one message, such as a greeting, is read from its beginning. */
  toBottom() {
    const isOpening = !this.isThread && $$(".message", this.log).length === 1;
    this.log.scrollTop = isOpening ? 0 : this.log.scrollHeight;
  }

  rows(messages) {
    const rows = [];
    let previous = null;
    let isMarked = this.mark === "0";
    for (const message of messages) {
      const date = day.format(dateOf(message.ts));
      const isNewDay = !previous || day.format(dateOf(previous.ts)) !== date;
      if (isNewDay && !this.isThread) rows.push(divider(`day ${date}`, date, "day"));
      const isFresh = !isMarked && message.ts > this.mark && message.by.id !== store.me;
      if (isFresh) {
        isMarked = true;
        if (previous) rows.push(divider("new", "New", "fresh"));
      }
      const follows = previous && !isNewDay && !isFresh && this.follows(previous, message);
      const status = this.isThread ? null : statusOf(message);
      const news = this.isThread || !message.thread ? 0 : unreadReplies(message.channel, message.ts);
      const sign = JSON.stringify([message, follows, status, news]);
      rows.push({ key: message.ts, sign, draw: (old) => this.draw(message, follows, status, news, old) });
      if (this.isThread && !message.root && message.thread) {
        const count = message.thread.count;
        rows.push(divider("count", count === 1 ? "1 reply" : `${count} replies`, "day"));
      }
      previous = message;
    }
    return rows;
  }

  follows(one, other) {
    const isNear = Number(other.ts) - Number(one.ts) < TOGETHER_S;
    const isSame = one.by.id === other.by.id && one.by.name === other.by.name && one.ephemeral === other.ephemeral;
    return isNear && isSame && !one.thread && (one.root !== null || !this.isThread) && !other.gone && !one.gone;
  }

  reconcile(rows) {
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, { node }] of this.drawn) {
      if (wanted.has(key)) continue;
      node.remove();
      this.drawn.delete(key);
    }
    let after = null;
    for (const row of rows) {
      let known = this.drawn.get(row.key);
      if (!known || known.sign !== row.sign) {
        const node = row.draw(known?.node);
        if (known && known.node !== node) known.node.replaceWith(node);
        known = { node, sign: row.sign };
        this.drawn.set(row.key, known);
      }
      const place = after ? after.nextSibling : this.log.firstChild;
      if (known.node !== place) this.log.insertBefore(known.node, place);
      after = known.node;
    }
  }

  draw(message, follows, status, news, old) {
    const article = old ?? el("article", { class: "message", tabindex: "0" });
    const keep = old ? keptState(old) : null;
    article.dataset.channel = message.channel;
    article.dataset.ts = message.ts;
    article.className = ["message", follows && "follows", message.ephemeral && "ephemeral", message.live && "live"]
      .concat(message.by.bot ? "by-app" : [], message.gone ? "gone" : [])
      .filter(Boolean)
      .join(" ");
    article.setAttribute("aria-label", `${message.by.name}, ${clock.format(dateOf(message.ts))}`);
    article.setAttribute("aria-busy", String(message.live));
    const oldBody = old && $(":scope > .content > .body", old);
    if (oldBody && $("textarea", oldBody)) return article; // being edited
    const body = el("div", { class: "body", html: message.html });
    if (message.live) addCaret(body);
    const content = el("div", { class: "content" }, heading(message, follows), body, ...extras(message));
    if (!this.isThread || message.broadcast) content.append(...threadLine(message, status, news, this.isThread));
    article.replaceChildren(avatar(message, follows), content, toolbar(message, this.isThread));
    if (keep) restore(article, keep);
    pressed.forEach((value, key) => markPressed(article, key, value));
    return article;
  }

  walk(event) {
    const message = event.target.closest(".message");
    if (!message || event.target !== message || !["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    const rows = $$(".message", this.log);
    const at = rows.indexOf(message);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    rows[next]?.focus();
    event.preventDefault();
  }
}

/** What goes on to the right of what one sees: a phone shows no scroll bar. */
function hintAt(frame) {
  frame.classList.toggle("goes-on", frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 2);
}

const hintAtMore = (log) => $$(".table-wrap", log).forEach(hintAt);

function divider(key, label, style) {
  const traits = { class: `divider-line ${style}`, role: "separator" };
  return { key, sign: label, draw: () => el("div", traits, el("span", {}, label)) };
}

function avatar(message, follows) {
  const time = clock.format(dateOf(message.ts));
  if (follows) return el("div", { class: "avatar-place", "aria-hidden": "true" }, el("time", {}, time));
  const style = `avatar tint-${tint(message.by.name)}${message.by.bot ? " app" : ""}`;
  const face = el("div", { class: style }, message.by.bot ? icon("spark") : message.by.name[0]);
  return el("div", { class: "avatar-place", "aria-hidden": "true" }, face);
}

export const tint = (name) => [...name].reduce((sum, letter) => sum * 7 + letter.charCodeAt(0), 0) % 5;

function heading(message, follows) {
  const parts = [];
  if (message.ephemeral) parts.push(el("p", { class: "only-you" }, "Only visible to you"));
  if (message.broadcast) parts.push(el("p", { class: "only-you" }, "Also sent to the channel"));
  if (follows) return el("div", { class: "head unseen-when-empty" }, ...parts);
  parts.push(el("strong", {}, message.by.name));
  if (message.by.bot) parts.push(el("span", { class: "app-mark" }, "App"));
  const moment = dateOf(message.ts);
  parts.push(el("time", { datetime: moment.toISOString(), title: moment.toLocaleString() }, clock.format(moment)));
  return el("div", { class: "head" }, ...parts);
}

function extras(message) {
  const parts = [];
  if (message.edited) parts.push(el("span", { class: "edited" }, "(edited)"));
  if (message.broken) parts.push(el("p", { class: "broken" }, "This answer was cut off by Slack’s time limit for streams."));
  if (message.files.length) parts.push(el("div", { class: "files" }, ...message.files.map(fileBox)));
  if (message.reactions.length) parts.push(el("div", { class: "reactions" }, ...message.reactions.map(reaction)));
  return parts;
}

function fileBox(file) {
  if (file.gone) return el("div", { class: "file gone" }, "This file was deleted.");
  if (file.picture) {
    const picture = el("img", { src: file.url, alt: file.alt, loading: "lazy" });
    const traits = { type: "button", class: "enlarge", "aria-label": `Enlarge ${file.name}` };
    const button = el("button", { ...traits, data: { do: "enlarge" } }, picture);
    return el("figure", { class: "file picture" }, el("figcaption", {}, file.name), button);
  }
  const facts = el("span", { class: "file-facts" }, `${file.kind} · ${size(file.size)}`);
  const name = el("span", { class: "file-name" }, file.name);
  return el("a", { class: "file", href: file.url, download: file.name }, icon("file"), el("span", {}, name, facts));
}

function reaction(item) {
  const label = `${item.name}: ${item.people.join(", ")}`;
  const traits = { type: "button", class: "reaction", title: label, "aria-label": label, "aria-pressed": String(item.mine) };
  const count = el("span", {}, String(item.people.length));
  return el("button", { ...traits, data: { do: "react", name: item.name } }, `${emojiSign(item.glyph, item.name)} `, count);
}

function threadLine(message, status, news, isThread) {
  const parts = [];
  if (message.thread && !isThread) {
    const count = message.thread.count;
    const label = count === 1 ? "1 reply" : `${count} replies`;
    const look = (name) => (name === store.bot.name ? "app" : `tint-${tint(name)}`);
    const face = (name) => el("span", { class: `avatar small ${look(name)}`, "aria-hidden": "true" }, name[0]);
    const people = message.thread.people.map(face);
    const fresh = news ? el("span", { class: "fresh-mark" }, `${news} new`) : null;
    const last = el("span", { class: "latest" }, `last at ${clock.format(dateOf(message.thread.latest))}`);
    const traits = { type: "button", class: "thread-link", data: { do: "thread" } };
    parts.push(el("button", traits, ...people, el("b", {}, label), fresh, last));
  }
  if (status) parts.push(el("div", { class: "status", role: "status" }, dots(), status));
  return parts;
}

export const dots = () => el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));

function statusOf(message) {
  const session = sessionOf(message.channel, message.ts);
  return session && session.status === "processing" ? statusText(session) : null;
}

export function statusText(session, turn = 0) {
  if (session.hints.length) return session.hints[turn % session.hints.length];
  return `${store.bot.name} ${session.text || "is working…"}`;
}

function toolbar(message, isThread) {
  if (message.gone) return el("div");
  const tool = (kind, label, traits = {}) => iconButton(kind, label, { data: { do: traits.do, name: traits.name ?? "" } });
  const tools = [];
  if (!message.ephemeral) {
    tools.push(tool("eye", "React with eyes", { do: "react", name: "eyes" }));
    tools.push(tool("smile", "Add a reaction", { do: "pick-emoji" }));
    if (!isThread) tools.push(tool("reply", "Reply in thread", { do: "thread" }));
  }
  tools.push(tool("copy", "Copy text", { do: "copy" }));
  const shortcuts = store.shortcuts.filter((shortcut) => shortcut.type === "message");
  if (shortcuts.length && !message.ephemeral) tools.push(tool("bolt", "Shortcuts", { do: "shortcuts" }));
  if (message.own) tools.push(tool("edit", "Edit", { do: "edit" }), tool("trash", "Delete", { do: "delete" }));
  return el("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" }, ...tools);
}

function addCaret(body) {
  if ($(".thinking", body)) return;
  let node = body;
  while (node.lastElementChild && node.lastElementChild.matches("div, p, ul, ol, li, blockquote, h4, span.lines")) {
    node = node.lastElementChild;
  }
  node.append(el("span", { class: "caret", "aria-hidden": "true" }));
}

function keptState(article) {
  return { open: $$("details", article).map((item) => item.open), focus: $$("*", article).indexOf(document.activeElement) };
}

function restore(article, keep) {
  $$("details", article).forEach((item, index) => {
    if (keep.open[index] !== undefined) item.open = keep.open[index];
  });
  if (keep.focus >= 0) ($$("*", article)[keep.focus] ?? article).focus?.({ preventScroll: true });
}

function markPressed(article, key, value) {
  const [channel, ts, action] = key.split(" ");
  if (article.dataset.channel !== channel || article.dataset.ts !== ts) return;
  for (const button of $$(".feedback button", article)) {
    if (button.dataset.action === action) button.setAttribute("aria-pressed", String(button.dataset.value === value));
  }
}
