// The page can no longer bring its words to the document: it says why, and offers for copying what did not arrive.
import { button, make } from "./made.js";
import { sectionOf } from "./sections.js";
import { strip } from "./strip.js";

const REASONS = {
  "signed-out": ["You have been signed out", "Sign in again to go on. What did not arrive is kept on this device for you until then."],
  "somebody-else": ["Somebody else has signed in in this browser", "This page is from before. Nothing more is sent from it, so that your words do not go under another name."],
  gone: ["This post-mortem is no longer open to you", "It was restricted, or your role has changed. Nothing more is sent from this page, and no copy of the document stays on this device."],
  replaced: ["This document is not the one you opened", "The server’s data was made anew, and another document has its number now. Your words are not mixed into it."],
  outdated: ["This page is out of date", "The server was renewed and this page can no longer speak with it. Reload it: what you typed is kept on this device and goes with it."],
  readonly: ["Your last words did not arrive", "The document was closed, or your role has changed, before the server had them. They stand in this page only, and not in the document."],
  strange: ["Words from an earlier document", "They were typed on this device in a document that had this number before the server’s data was made anew."],
};

export function offerStranded(room) {
  let shown = null;

  function show() {
    const found = reasonOf(room);
    const passages = [...room.strange.flatMap((one) => one.passages), ...(room.canSend ? [] : room.stranded)];
    inSight.disconnect();
    shown?.remove();
    shown = null;
    strip.show(pointer, false);
    if (!found || (found === "readonly" && !passages.length)) return;
    shown = panelFor(room, found, passages);
    const head = document.querySelector(".document-head");
    head ? head.append(shown) : document.querySelector("main").prepend(shown);
    if (passages.length) inSight.observe(shown);
  }

  const inSight = new IntersectionObserver((entries) => strip.show(pointer, shown !== null && !entries.at(-1).isIntersecting));

  const look = button("Show", () => {
    shown?.scrollIntoView({ block: "center" });
    shown?.querySelector("button, a")?.focus({ preventScroll: true });
  });
  const pointer = strip.add("stranded", make("span", { text: "Words of yours did not arrive." }), look);
  room.addEventListener("stranded", show);
  room.addEventListener("saving", () => shown?.dataset.reason === "readonly" && !room.isUnsaved && show());
  room.loading.then(show);
}

function reasonOf(room) {
  if (room.ended) return room.ended;
  if (!room.mayWrite && room.isUnsaved) return "readonly";
  return room.strange.length ? "strange" : null;
}

function panelFor(room, reason, passages) {
  const [title, why] = REASONS[reason];
  const panel = make("section", { className: "alert live-stranded", "data-tone": "warning", "data-reason": reason, role: "alert" });
  const body = make("div", {}, make("h2", { text: title }), make("p", { text: why }));
  panel.append(body);
  for (const passage of passages) body.append(make("h3", { text: headingOf(passage.section) }), make("pre", { text: passage.text, tabindex: "0" }));
  const tools = make("div", { className: "cluster" });
  if (passages.length) tools.append(copyButton(passages), removeButton(room, reason));
  if (reason === "signed-out") tools.append(reloadButton("Sign in again"));
  else if (reason === "outdated" || (reason !== "strange" && !passages.length)) tools.append(reloadButton("Reload"));
  body.append(tools);
  return panel;
}

const reloadButton = (words) => button(words, () => location.reload(), { "data-variant": "primary" });

function copyButton(passages) {
  const words = passages.map(({ section, text }) => `${headingOf(section)}\n\n${text}`).join("\n\n");
  const made = button("Copy these words", async () => {
    await navigator.clipboard.writeText(words);
    made.textContent = "Copied";
  });
  return made;
}

function removeButton(room, reason) {
  return button("Remove them from this device", async () => {
    await room.forgetStranded();
    if (reason !== "strange") location.reload();
  }, { "data-variant": "quiet" });
}

export function headingOf(section) {
  const heading = section && sectionOf(section)?.querySelector("h2");
  return heading?.firstChild?.textContent.trim() ?? section ?? "";
}
