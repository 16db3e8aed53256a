// The two ways to the server: acts go up one by one, changes come down the live socket.

import { $, toast } from "./dom.js";
import { store } from "./store.js";

export async function act(name, body = {}, files = null) {
  const request = { method: "POST" };
  if (files) {
    const form = new FormData();
    for (const [key, value] of Object.entries(body)) if (value) form.append(key, value);
    for (const file of files) form.append("file", file, file.name || "pasted.png");
    request.body = form;
  } else {
    request.body = JSON.stringify(body);
    request.headers = { "Content-Type": "application/json" };
  }
  let answer;
  try {
    const response = await fetch(`/page/act/${name}?as=${encodeURIComponent(store.me)}`, request);
    answer = response.ok ? await response.json() : { ok: false, error: `The local Slack answered ${response.status}.` };
  } catch {
    answer = { ok: false, error: "The local Slack is not reachable." };
  }
  if (!answer.ok) toast(answer.error);
  return answer;
}

let current = null;

export function connect(user, onUpdates) {
  current?.close();
  const line = { closed: false, wait: 400 };
  line.close = () => {
    line.closed = true;
    // closing it while it opens would be reported as an error
    if (line.socket?.readyState === WebSocket.CONNECTING) line.socket.addEventListener("open", () => line.socket.close());
    else line.socket?.close();
  };
  current = line;
  open(line, user, onUpdates);
}

function open(line, user, onUpdates) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/page/live?as=${encodeURIComponent(user)}`);
  line.socket = socket;
  socket.addEventListener("message", (event) => {
    if (line.closed) return;
    line.wait = 400;
    $("#offline").hidden = true;
    onUpdates(JSON.parse(event.data));
  });
  socket.addEventListener("close", () => {
    if (line.closed) return;
    $("#offline").hidden = false;
    setTimeout(() => !line.closed && open(line, user, onUpdates), line.wait);
    line.wait = Math.min(5000, line.wait * 2);
  });
}
