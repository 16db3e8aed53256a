// Making elements. Text goes in as text; HTML only from the server, which escapes it, through the one policy below.

const policy = window.trustedTypes?.createPolicy("page", { createHTML: (html) => html });

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export function putHtml(node, html) {
  node.innerHTML = policy ? policy.createHTML(html) : html;
}

export function el(name, traits = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(traits)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "html") putHtml(node, value);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  attach: "M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400l7.700-7.700",
  send: "M4 12l16-8-5 16-3.500-6.500z",
  reply: "M4 5h16v11H11l-5 4v-4H4z",
  smile: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8.500 14.500c2 2.200 5 2.200 7 0M9 9.500v.6M15 9.500v.6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  stop: "M7 7h10v10H7z",
  moon: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
  sun: "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M19 5l-1.500 1.500M6.500 17.500L5 19",
  half: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 3v18",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  eye: "M3 12c2.500-4.500 5.500-6.500 9-6.500s6.500 2 9 6.500c-2.500 4.500-5.500 6.500-9 6.500S5.500 16.500 3 12zM12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
  spark: "M12 3l2 6.500L20.500 12 14 14.500 12 21l-2-6.500L3.500 12 10 9.500z",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  drawn.append(path);
  return drawn;
}

/** Without a font for them emoji are all the same empty box; then their names are shown. */
const inked = (sign) => {
  const paper = el("canvas", { width: "24", height: "24" }).getContext("2d");
  paper.font = "18px sans-serif";
  paper.fillText(sign, 0, 18);
  return paper.getImageData(0, 0, 24, 24).data.join();
};
let emojiKnown = null;
export const hasEmoji = () => (emojiKnown ??= inked("\u{1F440}") !== inked("\u{1F525}"));
export const emojiSign = (glyph, name) => (hasEmoji() ? glyph : `:${name}:`);

export function iconButton(name, label, traits = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...traits }, icon(name));
}

export function toast(text) {
  const shown = el("div", { class: "toast" }, text);
  $("#toasts").append(shown);
  setTimeout(() => shown.remove(), 7000);
}

export function announce(text) {
  $("#announce").textContent = text;
}

/** What stands there, as one would read it aloud: no marks, no buttons. */
export function wordsOf(html) {
  const shown = el("div", { html });
  $$("button, select, summary, .menu, .code-head, svg", shown).forEach((part) => part.remove());
  $$("br, p, li, td, th, h3, h4, pre, blockquote, .lines, .block", shown).forEach((part) => part.after(" "));
  return shown.textContent.replace(/\s+/g, " ").trim();
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
