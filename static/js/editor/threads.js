// The threads beside the text: opening one, walking through them, and the composer of a new one. The part itself comes from
// the server and is morphed into place; this keeps what a person opened and half wrote.
import { EditorView } from "@codemirror/view";
import { passagesOf } from "./anchors.js";
import { rangeOf } from "./reading.js";
import { sectionOf } from "./sections.js";

const kept = new Set();
let passages;
let wanted = null;
let composing = null;

const part = () => document.querySelector("[data-discussion]");
const composer = () => document.querySelector("[data-composer]");
const details = (thread) => document.getElementById(`thread-${thread}`);
const numberIn = (hash) => Number(hash.match(/^#thread-(\d+)$/)?.[1] ?? 0);

export const canCompose = () => composer() !== null;

export function watchThreads(room) {
  if (!part()) return;
  passages = passagesOf(room);
  passages.addEventListener("open", ({ detail }) => openThread(detail.thread, detail));
  passages.addEventListener("change", showLost);
  document.addEventListener("htmx:config:request", keepThreads);
  document.addEventListener("htmx:after:swap", whenSwapped);
  document.addEventListener("click", whenClicked);
  document.addEventListener("keydown", whenKey);
  document.addEventListener("toggle", whenToggled, { capture: true });
  document.body.addEventListener("commentAdded", ({ detail }) => whenAdded(detail));
  addEventListener("hashchange", followHash);
  followHash();
}

// Opening.

function followHash() {
  const thread = numberIn(location.hash);
  if (thread) openThread(thread, { focus: true });
}

export function openThread(thread, { focus = false } = {}) {
  passages.activate(thread);
  const found = details(thread);
  if (!found) {
    // Resolved, or brand-new: the part is asked for it by number.
    if (wanted?.thread === thread) return;
    wanted = { thread, focus };
    kept.add(thread);
    document.body.dispatchEvent(new CustomEvent("commentsChanged"));
    return;
  }
  found.open = true;
  for (const other of document.querySelectorAll(".thread[open]")) if (other !== found && !isTouched(other)) other.open = false;
  markActive();
  if (focus) found.querySelector("summary").focus({ preventScroll: true });
  reveal(found, focus);
}

// Beside the text only the aside scrolls; below it the page does, and only when that was asked for.
function reveal(found, focus) {
  const aside = found.closest(".document-aside");
  if (aside && getComputedStyle(aside).position === "sticky") {
    aside.scrollTo({ top: found.getBoundingClientRect().top - aside.getBoundingClientRect().top + aside.scrollTop - 60, behavior: "smooth" });
  } else if (focus) {
    found.scrollIntoView({ block: "start", behavior: "smooth" });
  }
}

function markActive() {
  for (const one of document.querySelectorAll(".thread")) one.toggleAttribute("data-active", Number(one.dataset.thread) === passages.active);
}

const isTouched = (thread) => thread.contains(document.activeElement) || Boolean(thread.querySelector("textarea")?.value.trim());

// What somebody is writing in stays on the page, whatever the filter says and whoever resolves it meanwhile.
function keepThreads({ detail: { ctx } }) {
  if (!part() || !/\/comments\/(\?|$)/.test(ctx.request.action)) return;
  const touched = [...document.querySelectorAll(".thread")].filter(isTouched).map((one) => one.dataset.thread);
  const asked = ctx.sourceElement === part() ? [...kept] : [];
  const keep = [...new Set([...touched, ...asked])].join(",");
  if (keep) ctx.request.body.set("keep", keep);
}

function whenSwapped() {
  passages.read();
  showLost();
  markActive();
  if (wanted && details(wanted.thread)) {
    const { thread, focus } = wanted;
    wanted = null;
    openThread(thread, { focus });
  }
  const form = composer();
  if (composing && form && !form.matches(":popover-open") && form.querySelector("[role=alert]")) show(form, composing);
}

function whenToggled({ target }) {
  if (!target.matches?.(".thread")) return;
  const thread = Number(target.dataset.thread);
  if (target.open) passages.activate(thread);
  else {
    kept.delete(thread);
    if (passages.active === thread) passages.activate(null);
  }
  markActive();
}

function showLost() {
  for (const thread of document.querySelectorAll('.thread[data-state="open"]')) {
    const isLost = passages.room.isSynced ? passages.isLost(Number(thread.dataset.thread)) : null;
    const note = thread.querySelector("[data-lost-note]");
    if (isLost === null || !note) continue;
    note.hidden = !isLost;
    thread.querySelector(".thread-quote")?.toggleAttribute("data-lost", isLost);
  }
}

// Walking.

function inOrder() {
  const sections = [...document.querySelectorAll("[data-words]")].map((section) => section.dataset.words);
  const whole = [...document.querySelectorAll('.thread[data-state="open"]')].filter((one) => !one.querySelector("[data-lost-note]"));
  return sections.flatMap((section) => [
    ...whole.filter((one) => one.dataset.section === section).map((one) => ({ section, thread: Number(one.dataset.thread) })),
    ...passages.spansIn(section).map((span) => ({ section, ...span })),
  ]);
}

export function stepThread(step, { caret = false } = {}) {
  const threads = inOrder();
  if (!threads.length) return true;
  const at = threads.findIndex(({ thread }) => thread === passages.active);
  const next = threads[at < 0 ? (step > 0 ? 0 : threads.length - 1) : (at + step + threads.length) % threads.length];
  showPassage(next, { caret });
  openThread(next.thread, { focus: !caret });
  return true;
}

function showPassage({ section, from, to }, { caret = false } = {}) {
  const view = document.querySelector(`live-editor[name="${CSS.escape(section)}"]`)?.view;
  if (view && from !== undefined) {
    view.dispatch({ selection: caret ? { anchor: from } : undefined, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    if (caret) view.focus();
    return;
  }
  const place = from === undefined ? null : rangeOf(passages.room, section, from, to);
  (place?.startContainer.parentElement ?? sectionOf(section))?.scrollIntoView({ block: "center", behavior: "smooth" });
}

function whenClicked(event) {
  const { target } = event;
  const step = target.closest("[data-thread-step]");
  if (step) stepThread(Number(step.dataset.threadStep));
  const link = target.closest("[data-show-passage]");
  if (link) {
    const thread = Number(link.dataset.showPassage);
    const found = inOrder().find((one) => one.thread === thread);
    if (found?.from !== undefined) {
      event.preventDefault();
      passages.activate(thread);
      showPassage(found, { caret: true });
    }
  }
  const copy = target.closest("[data-copy-link]");
  if (copy && navigator.clipboard) {
    event.preventDefault();
    navigator.clipboard.writeText(copy.href).then(() => tell("The link to this thread is copied."));
  }
  const on = target.closest("[data-comment-on]");
  if (on && canCompose()) {
    event.preventDefault();
    compose({ section: on.dataset.commentOn, box: on.getBoundingClientRect(), back: () => on.focus() });
  }
  if (target.closest("[data-composer-close]")) close();
}

const tell = (text) => document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "success" }, bubbles: true }));

// Composing.

export function compose(about) {
  const form = composer();
  composing = about;
  form.querySelector(".form-errors, [role=alert]")?.remove();
  show(form, about);
  form.querySelector("textarea").focus();
}

function show(form, { section, quote = "", anchor = null, box }) {
  form.elements.quote.value = quote;
  form.elements.anchor.value = anchor ? JSON.stringify(anchor) : "";
  if (section) form.elements.section.value = section;
  form.querySelector("[data-composer-section]").hidden = Boolean(section);
  const title = form.elements.section.selectedOptions[0]?.textContent ?? "";
  form.querySelector("[data-composer-about]").replaceChildren(quote ? quoted(quote) : section ? `On all of “${title}”` : "");
  if (!form.matches(":popover-open")) form.showPopover();
  // A phone has a place of its own for it; see the style sheet.
  const width = form.offsetWidth;
  form.style.setProperty("--composer-x", `${Math.max(8, Math.min(box.left, innerWidth - width - 16))}px`);
  const below = box.bottom + 8;
  const fits = below + form.offsetHeight < innerHeight - 8;
  form.style.setProperty("--composer-y", `${Math.max(8, fits ? below : Math.min(box.top - form.offsetHeight - 8, innerHeight - form.offsetHeight - 8))}px`);
}

function quoted(words) {
  return Object.assign(document.createElement("q"), { textContent: words.length > 240 ? `${words.slice(0, 240)}…` : words });
}

function close() {
  const back = composing?.back;
  composing = null;
  composer()?.hidePopover();
  back?.();
}

function whenAdded({ thread }) {
  composer()?.reset();
  close();
  openThread(thread);
}

function whenKey(event) {
  const form = event.target.closest?.("[data-composer], .reply");
  if (!form || event.defaultPrevented) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
  if (event.key === "Escape" && form.matches("[data-composer]")) close();
}
