// The left side: places with their unread marks, who one is, and the colours. Also the banner and the first screen.

import { $, el, icon } from "./dom.js";
import { channelOf, store, unreadElsewhere } from "./store.js";
import { act } from "./wire.js";

const OFFLINE =
  "No key set: a labelled offline stand-in answers, not GLM-4.6V. " +
  "For the real one set GLM_API_KEY=your-key in .env or the environment and start again.";
const TALKERS = (person) => !person.bot && person.id !== "USLACKBOT";

export function drawSide({ at, go, be }) {
  $("#team").textContent = store.team;
  drawPeople(be);
  const places = $("#places");
  const sign = JSON.stringify([store.me, at, store.channels.map((channel) => [channel, unreadElsewhere(channel.id, at)])]);
  if (places.dataset.sign === sign) return;
  places.dataset.sign = sign;
  const focused = places.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  const rooms = store.channels.filter((channel) => !channel.app && channel.kind !== "im");
  const direct = store.channels.filter((channel) => channel.kind === "im" && !channel.app);
  const apps = store.channels.filter((channel) => channel.app);
  const start = el("ul", {}, entry({ id: "start", name: "Start here", kind: "start" }, at, go));
  const parts = [start, group("Channels", rooms, at, go)];
  if (direct.length) parts.push(group("Direct messages", direct, at, go));
  parts.push(group("Apps", apps, at, go));
  places.replaceChildren(...parts);
  if (focused) $(`[data-place="${focused}"]`, places)?.focus();
}

function group(title, channels, at, go) {
  const id = `group-${title.replace(" ", "-")}`;
  const entries = channels.map((channel) => entry(channel, at, go));
  return el("section", { "aria-labelledby": id }, el("h3", { id }, title), el("ul", {}, ...entries));
}

function entry(channel, at, go) {
  const count = channel.kind === "start" ? 0 : unreadElsewhere(channel.id, at);
  const sign = { channel: "#", group: "🔒", start: icon("spark") }[channel.kind] ?? el("span", { class: "dot" });
  const traits = { type: "button", class: count ? "place unread" : "place", "aria-current": at === channel.id ? "page" : null };
  const badge = count ? el("span", { class: "badge", "aria-label": `${count} unread` }, String(count)) : null;
  const name = el("span", { class: "place-name" }, channel.name);
  const lead = el("span", { class: "sign", "aria-hidden": "true" }, sign);
  const shown = { ...traits, data: { place: channel.id }, onclick: () => go(channel.id) };
  return el("li", {}, el("button", shown, lead, name, badge));
}

function drawPeople(be) {
  const field = $("#people");
  const names = store.people.filter(TALKERS);
  const sign = names.map((person) => person.id).join(" ");
  if (field.dataset.sign !== sign) {
    field.dataset.sign = sign;
    field.replaceChildren(
      el("legend", {}, "You are"),
      ...names.map((person) => {
        const radio = el("input", { type: "radio", name: "person", value: person.id, onchange: () => be(person) });
        return el("label", {}, radio, el("span", {}, person.name));
      }),
    );
  }
  for (const radio of field.querySelectorAll("input")) radio.checked = radio.value === store.me;
}

export function drawBanner() {
  const banner = $("#banner");
  const sign = `${store.offline} ${store.model}`;
  if (banner.dataset.sign === sign) return;
  banner.dataset.sign = sign;
  banner.classList.toggle("is-offline", store.offline);
  const lead = el("strong", {}, "Playground: a local stand-in for Slack.");
  const model = store.offline ? [OFFLINE] : ["Answers come from ", el("b", {}, store.model), "."];
  banner.replaceChildren(lead, " ", ...model);
}

export function drawStart(root, { sent, go }) {
  if (root.dataset.sign === `start ${store.me}` && root.firstElementChild) return;
  root.dataset.sign = `start ${store.me}`;
  const cards = store.tries.map((item, index) => card(item, index, sent));
  const bot = store.bot;
  const ways = el("p", { class: "start-ways" }, "Or ask your own way: mention ", el("code", {}, `@${bot.name}`), " in a channel, ");
  const dm = store.channels.find((channel) => channel.app);
  const write = { type: "button", class: "text-button", onclick: () => go(dm.id) };
  ways.append(dm ? el("button", write, "write to it directly") : "write to it directly");
  ways.append(", drop in a picture or a document, or type ", el("code", {}, "/"), " for commands.");
  root.replaceChildren(
    el(
      "div",
      { class: "start" },
      el("p", { class: "start-eyebrow" }, "Three things to try"),
      el("h2", {}, `Show ${bot.title} something`),
      el("p", { class: "start-lead" }, "Each card sends a real message with its picture, and the answer comes as it would in Slack."),
      el("div", { class: "cards" }, ...cards),
      ways,
    ),
  );
}

function card(item, index, sent) {
  const run = async () => {
    button.classList.add("busy");
    const answer = await act("sample", { index });
    button.classList.remove("busy");
    if (answer.ok) sent(answer.channel, answer.ts);
  };
  const button = el(
    "button",
    { type: "button", class: "try", onclick: run },
    el("img", { src: item.picture, alt: "", loading: "lazy" }),
    el("span", { class: "try-title" }, item.title),
    el("span", { class: "try-note" }, item.note),
  );
  return button;
}

export function drawTheme() {
  const button = $("#theme");
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? "auto";
    const label = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" }[theme];
    button.replaceChildren(icon({ auto: "half", light: "sun", dark: "moon" }[theme]));
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  button.addEventListener("click", () => {
    const next = { auto: "dark", dark: "light", light: "auto" }[document.documentElement.dataset.theme ?? "auto"];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
    show();
  });
  show();
}

export const titleOf = (id) => {
  const channel = channelOf(id);
  if (!channel) return "Start here";
  return channel.kind === "channel" || channel.kind === "group" ? `#${channel.name}` : channel.name;
};
