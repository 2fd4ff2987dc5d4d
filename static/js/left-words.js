// Words that an earlier page could not send and no later one has: on any other page their author is told where they wait, and can
// copy them, also when the document is no longer open to her.
import { forgetRoom, openDevice, reader, unsentOn } from "./device.js";

function made(name, text, attributes = {}) {
  const element = Object.assign(document.createElement(name), { textContent: text });
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function button(text, whenPressed) {
  const element = made("button", text, { type: "button", class: "button", "data-size": "small" });
  element.addEventListener("click", () => whenPressed(element));
  return element;
}

async function leftWords() {
  const device = await openDevice(reader());
  device.onversionchange = () => device.close();
  const documents = new Map();
  for (const { room, number, title, passages } of await unsentOn(device)) {
    const found = documents.get(room) ?? { room, number, title, words: [] };
    found.words.push(...passages.map(({ text }) => text));
    documents.set(room, found);
  }
  device.close();
  return [...documents.values()].filter(({ words }) => words.length);
}

async function forget(room) {
  const device = await openDevice(reader());
  await forgetRoom(device, room);
  device.close();
}

function noticeOf({ room, number, title, words }) {
  const notice = made("section", "", { class: "alert live-stranded", "data-tone": "warning", "aria-label": `Unsent words for INC-${number}` });
  const body = document.createElement("div");
  const text = words.join("\n\n");
  const tools = made("div", "", { class: "cluster" });
  tools.append(
    made("a", "Open it, and they are sent", { class: "button", "data-size": "small", href: `/postmortems/${number}/?mode=write` }),
    button("Copy these words", async (pressed) => {
      await navigator.clipboard.writeText(text);
      pressed.textContent = "Copied";
    }),
    button("Remove them from this device", async () => {
      await forget(room);
      notice.remove();
    }),
  );
  body.append(made("h2", `Words of yours for INC\u2011${number} wait on this device`), made("p", `You typed them in “${title}” without a network, and they have not reached the document.`), made("pre", text, { tabindex: "0" }), tools);
  notice.append(body);
  return notice;
}

async function showLeftWords() {
  const main = document.querySelector("main");
  for (const found of await leftWords()) main.prepend(noticeOf(found));
}

if (globalThis.indexedDB && reader() && !document.querySelector("[data-postmortem]")) {
  (globalThis.requestIdleCallback ?? setTimeout)(() => showLeftWords().catch(() => {}));
}
