// The page as a whole: who one is, where one is, and drawing what changed. The address keeps all three.

import { $, announce, el, icon, wordsOf } from "./dom.js";
import * as at from "./store.js";
import { apply, store } from "./store.js";
import { act, connect } from "./wire.js";
import { listen } from "./actions.js";
import { Composer } from "./composer.js";
import { dots, MessageList, statusText } from "./messages.js";
import { drawBanner, drawSide, drawStart, drawTheme, titleOf } from "./side.js";
import { drawHome, drawViews } from "./views.js";

const here = { person: "Ana", place: "start", thread: "", tab: "messages" };
let turn = 0;
let connectedAs = "";
let lastOpened = "";
let awaited = ""; // a thread that was asked for and may not have arrived yet

const main = { list: new MessageList($("#log-main")), foot: $("#foot-main") };
const thread = { list: new MessageList($("#log-thread"), { isThread: true }), foot: $("#foot-thread") };

function readAddress() {
  const [, person = "Ana", place = "start", rest = ""] = decodeURIComponent(location.hash).split("/");
  Object.assign(here, { person, place, thread: /^\d+\.\d+$/.test(rest) ? rest : "", tab: rest === "home" ? "home" : "messages" });
  awaited = here.thread;
  if (connectedAs !== person) {
    connectedAs = person;
    store.people.length && (store.me = "");
    connect(person, receive);
  } else if (store.me) {
    arrive();
  }
}

function go(place, rest = "") {
  const wanted = `#/${here.person}/${place}${rest ? `/${rest}` : ""}`;
  setScreen("place");
  if (location.hash === wanted) readAddress();
  else location.hash = wanted;
}

function be(person) {
  const channel = at.channelOf(here.place);
  const stays = here.place === "start" || (channel && channel.kind !== "im");
  location.hash = `#/${person.name}/${stays ? here.place : "dm"}`;
}

function setScreen(name) {
  document.body.dataset.screen = name;
}

function receive(updates) {
  for (const update of updates) apply(update);
  const kinds = new Set(updates.map((update) => update.type));
  if (kinds.has("state")) arrive();
  else draw();
  if (kinds.has("views")) drawViews(updates.findLast((update) => update.type === "views").errors);
  for (const { type, message } of updates) {
    if (type === "message" && message.by.bot && !message.live && message.ts > lastSpoken) speak(message);
  }
}

let lastSpoken = String(Date.now() / 1000);

function speak(message) {
  lastSpoken = message.ts;
  announce(`${message.by.name}: ${wordsOf(message.html).slice(0, 300)}`);
}

/** A new place, or the first state of a person. */
function arrive() {
  if (here.place === "dm" || (here.place !== "start" && !at.channelOf(here.place))) {
    here.place = at.appChannel()?.id ?? "start";
    here.thread = "";
  }
  const channel = at.channelOf(here.place);
  if (!channel?.app || !at.hasHome()) here.tab = "messages";
  const opened = channel?.app ? `${store.me} ${here.tab}` : "";
  if (opened && opened !== lastOpened) act("home", { tab: here.tab });
  lastOpened = opened;
  drawViews();
  draw();
  if (channel && here.tab !== "home") focusOn(here.thread && !$("#thread").hidden ? threadComposer : composer);
}

/** Not where a keyboard would slide over the screen. */
function focusOn(box) {
  if (matchMedia("(pointer: fine)").matches) box.text.focus({ preventScroll: true });
}

function draw() {
  if (!store.me) return;
  drawBanner();
  drawMain();
  drawThread();
  drawSide({ at: here.place, go, be });
  const total = store.channels.reduce((sum, channel) => sum + at.unreadElsewhere(channel.id, here.place), 0);
  document.title = `${total ? `(${total}) ` : ""}${titleOf(here.place)} · Playground`;
}

function drawMain() {
  const channel = at.channelOf(here.place);
  $("#place-title").textContent = titleOf(here.place);
  $("#place-topic").textContent = channel?.topic || (channel?.app ? store.bot.title : "");
  drawTabs(channel);
  const isTalk = Boolean(channel) && here.tab !== "home";
  main.foot.hidden = !isTalk;
  $(".skip").hidden = !isTalk;
  const log = $("#log-main");
  log.classList.toggle("is-page", !isTalk);
  const isHome = Boolean(channel) && !isTalk;
  log.setAttribute("role", isHome ? "tabpanel" : "log");
  log.setAttribute("aria-label", isHome ? "Home" : "Messages");
  if (!isTalk) {
    if (main.list.place) main.list.clear();
    if (channel) drawHome(log);
    else drawStart(log, { sent: follow, go });
    return;
  }
  if (!main.list.place) delete log.dataset.sign;
  const messages = at.placeMessages(channel.id);
  main.list.show(channel.id, "", messages, () => emptyPlace(channel));
  if (messages.length && !document.hidden) at.markRead(channel.id, "", messages.at(-1).ts);
  drawPrompts(main.foot, channel.id, "");
  composer.show(`${store.me} ${channel.id}`, `Message ${titleOf(channel.id)}`);
}

function drawTabs(channel) {
  const tabs = $("#tabs");
  tabs.hidden = !channel?.app || !at.hasHome();
  if (tabs.hidden) return;
  const tab = (name, label) => {
    const isHere = here.tab === name;
    const traits = { type: "button", role: "tab", "aria-selected": String(isHere), "aria-controls": "log-main" };
    const shown = { ...traits, tabindex: isHere ? "0" : "-1", data: { tab: name } };
    return el("button", { ...shown, onclick: () => go(channel.id, name === "home" ? "home" : "") }, label);
  };
  const sign = `${channel.id} ${here.tab}`;
  if (tabs.dataset.sign === sign) return;
  tabs.dataset.sign = sign;
  const hadFocus = tabs.contains(document.activeElement);
  tabs.replaceChildren(tab("home", "Home"), tab("messages", "Messages"));
  if (hadFocus) $("[aria-selected=true]", tabs).focus();
}

function drawThread() {
  const panel = $("#thread");
  const root = here.thread && at.messageOf(here.place, here.thread);
  panel.hidden = !root;
  document.body.classList.toggle("has-thread", Boolean(root));
  if (!root) {
    thread.list.clear();
    if (document.body.dataset.screen === "thread") setScreen("place");
    return;
  }
  if (awaited === here.thread) {
    awaited = "";
    setScreen("thread");
    focusOn(threadComposer);
  }
  const messages = at.threadMessages(here.place, here.thread);
  const session = at.sessionOf(here.place, here.thread);
  $("#thread-title").textContent = session?.title || "Thread";
  $("#thread-topic").textContent = titleOf(here.place);
  thread.list.show(here.place, here.thread, messages);
  if (!document.hidden) at.markRead(here.place, here.thread, messages.at(-1).ts);
  drawStatus(session);
  drawPrompts(thread.foot, here.place, here.thread);
  threadComposer.show(`${store.me} ${here.place} ${here.thread}`, "Reply in this thread");
}

function drawStatus(session) {
  const line = $(".status-line", thread.foot);
  const isBusy = session?.status === "processing";
  line.hidden = !isBusy;
  if (!isBusy) return;
  const sign = JSON.stringify([session, session.hints.length ? turn : 0]);
  if (line.dataset.sign === sign) return;
  line.dataset.sign = sign;
  const stop = el("button", { type: "button", class: "button stop" }, icon("stop"), "Stop");
  stop.addEventListener("click", () => act("stop", { channel: session.channel, thread: session.ts }));
  const status = el("span", { class: "status", role: "status" }, dots(), statusText(session, turn));
  line.replaceChildren(status, session.stoppable ? stop : "");
}

function drawPrompts(foot, channel, ts) {
  const box = $(".prompts", foot);
  const shown = at.promptsOf(channel, ts);
  const sign = JSON.stringify(shown ?? null);
  if (box.dataset.sign === sign) return;
  box.dataset.sign = sign;
  const send = (prompt) => async () => {
    const answer = await act("post", { channel, thread: ts, text: prompt.message }, []);
    if (answer.ok && !ts) follow(channel, answer.ts);
  };
  const chip = (prompt) => el("button", { type: "button", class: "chip", onclick: send(prompt) }, prompt.title);
  const chips = (shown?.prompts ?? []).map(chip);
  box.replaceChildren(shown?.title ? el("span", { class: "prompts-title" }, shown.title) : "", ...chips);
  box.hidden = !chips.length;
}

function emptyPlace(channel) {
  const hint = channel.app
    ? `Write to ${store.bot.title}, or drop in a picture or a document.`
    : `Mention @${store.bot.name} to bring ${store.bot.title} in. It sees the pictures and documents you add.`;
  return el("div", { class: "empty" }, el("h3", {}, `This is the beginning of ${titleOf(channel.id)}`), el("p", {}, hint));
}

/** After sending: a question to the app is answered in its thread, so that opens. */
function follow(channel, ts) {
  if (ts) go(channel, ts);
  else main.list.toBottom();
}

const lastOwn = (list, messages) => () => {
  const message = messages().findLast((item) => item.own);
  return message && { message, node: list.drawn.get(message.ts)?.node };
};

for (const { foot } of [main, thread]) {
  foot.append(el("div", { class: "status-line", hidden: true }), el("div", { class: "prompts", hidden: true }));
}
const composer = new Composer(main.foot, "composer-main", {
  place: () => ({ channel: here.place }),
  sent: follow,
  mine: lastOwn(main.list, () => at.placeMessages(here.place)),
});
const threadComposer = new Composer(thread.foot, "composer-thread", {
  place: () => ({ channel: here.place, thread: here.thread, canBroadcast: !at.channelOf(here.place)?.app }),
  sent: () => thread.list.toBottom(),
  mine: lastOwn(thread.list, () => at.threadMessages(here.place, here.thread)),
});

for (const button of document.querySelectorAll("[data-go]")) {
  button.append(icon(button.matches(".close-thread") ? "close" : "back"));
  button.addEventListener("click", () => {
    if (button.dataset.go === "list") setScreen("list");
    else go(here.place);
  });
}
$("#tabs").addEventListener("keydown", (event) => {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  $("[aria-selected=false]", event.currentTarget).click();
});
document.addEventListener("keydown", (event) => {
  const isFree = !document.querySelector("dialog[open], .pop") && !event.defaultPrevented;
  if (event.key === "Escape" && isFree && here.thread) go(here.place);
});
setInterval(() => {
  turn += 1;
  if (here.thread) drawStatus(at.sessionOf(here.place, here.thread));
}, 3000);
document.addEventListener("visibilitychange", draw);
addEventListener("hashchange", readAddress);
drawTheme();
listen((channel, ts) => go(channel, ts));
readAddress();
