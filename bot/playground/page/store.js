// What the page knows: the workspace as this person sees it, and what they have read of it.

export const store = {
  me: "",
  people: [],
  channels: [],
  bot: { id: "", name: "glm" },
  messages: new Map(), // channel → Map of ts → message
  sessions: new Map(), // "channel ts" → session
  prompts: new Map(), // "channel ts" → suggested prompts
  views: [],
  home: null,
  hasHome: false,
  tries: [],
  commands: [],
  shortcuts: [],
  emoji: {},
};

const keyOf = (channel, ts) => `${channel} ${ts}`;

export function apply(update) {
  switch (update.type) {
    case "state":
      return applyState(update.state);
    case "message":
      return putMessage(update.message);
    case "gone":
      return void store.messages.get(update.channel)?.delete(update.ts);
    case "session":
      return void store.sessions.set(keyOf(update.session.channel, update.session.ts), update.session);
    case "prompts":
      return void store.prompts.set(keyOf(update.prompts.channel, update.prompts.ts), update.prompts);
    case "views":
      store.views = update.views;
      return;
    case "home":
      store.home = update.home;
  }
}

function applyState(state) {
  Object.assign(store, state);
  store.messages = new Map(state.channels.map((channel) => [channel.id, new Map()]));
  state.messages.forEach(putMessage);
  store.sessions = new Map(state.sessions.map((session) => [keyOf(session.channel, session.ts), session]));
  store.prompts = new Map(state.prompts.map((prompts) => [keyOf(prompts.channel, prompts.ts), prompts]));
}

function putMessage(message) {
  store.messages.get(message.channel)?.set(message.ts, message);
}

export const channelOf = (id) => store.channels.find((channel) => channel.id === id);
export const messageOf = (channel, ts) => store.messages.get(channel)?.get(ts);
export const sessionOf = (channel, ts) => store.sessions.get(keyOf(channel, ts));
export const promptsOf = (channel, ts = "") => store.prompts.get(keyOf(channel, ts));
export const appChannel = () => store.channels.find((channel) => channel.app);

const inOrder = (messages) => messages.sort((one, other) => (one.ts < other.ts ? -1 : 1));
const all = (channel) => [...(store.messages.get(channel)?.values() ?? [])];

export const placeMessages = (channel) => inOrder(all(channel).filter((message) => !message.root || message.broadcast));

export const threadMessages = (channel, ts) =>
  inOrder(all(channel).filter((message) => message.ts === ts || message.root === ts));

export const isForBot = (channel, text) =>
  Boolean(channelOf(channel)?.app) || new RegExp(`(^|\\s)@${store.bot.name}\\b`, "i").test(text);

// --- what has been read ---

const readMarks = () => JSON.parse(localStorage.getItem(`read ${store.me}`) ?? "{}");

export const readUntil = (channel, ts = "") => readMarks()[keyOf(channel, ts)] ?? "0";

export function markRead(channel, ts, until) {
  const marks = readMarks();
  if ((marks[keyOf(channel, ts)] ?? "0") >= until) return;
  marks[keyOf(channel, ts)] = until;
  localStorage.setItem(`read ${store.me}`, JSON.stringify(marks));
}

const isMineToFollow = (channel, ts) =>
  Boolean(channelOf(channel)?.app) || threadMessages(channel, ts).some((message) => message.by.id === store.me);

export function unreadReplies(channel, ts) {
  if (!isMineToFollow(channel, ts)) return 0;
  const mark = readUntil(channel, ts);
  return all(channel).filter((message) => message.root === ts && message.ts > mark && message.by.id !== store.me).length;
}

/** Where one is, one sees what is new. */
export const unreadElsewhere = (channel, place) => (channel === place && !document.hidden ? 0 : unread(channel));

export const hasHome = () => store.hasHome;

export function unread(channel) {
  const mark = readUntil(channel);
  const fresh = placeMessages(channel).filter((message) => message.ts > mark && message.by.id !== store.me).length;
  const roots = new Set(all(channel).map((message) => message.root).filter(Boolean));
  return [...roots].reduce((sum, root) => sum + unreadReplies(channel, root), fresh);
}
