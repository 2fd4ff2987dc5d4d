// Links stand in the text as words. With the caret in one, a small panel shows where it leads, and lets it be changed.
import { StateEffect, StateField } from "@codemirror/state";
import { EditorView, showTooltip } from "@codemirror/view";
import { addressOf, isCode, linkParts, nodeAround } from "./markdown.js";

const LINKS = ["Link", "Image", "Autolink", "URL"];

const focused = StateEffect.define();
const edit = StateEffect.define();

export function linkAt(state, at) {
  const node = nodeAround(state, at, LINKS);
  const around = node?.name === "URL" && ["Link", "Image", "Autolink"].includes(node.parent?.name) ? node.parent : node;
  const parts = around && linkParts(state, around);
  return parts && { ...parts, address: addressOf(state, parts) };
}

const field = StateField.define({
  create: () => ({ isFocused: false, range: null }),
  update(value, transaction) {
    let { isFocused, range } = value;
    if (range && transaction.docChanged) range = { from: transaction.changes.mapPos(range.from, 1), to: transaction.changes.mapPos(range.to, -1) };
    for (const effect of transaction.effects) {
      if (effect.is(focused)) isFocused = effect.value;
      if (effect.is(edit)) range = effect.value;
    }
    if (range && range.to < range.from) range = null;
    return isFocused === value.isFocused && range === value.range ? value : { isFocused, range };
  },
  provide: (own) => showTooltip.compute([own, "selection", "doc"], (state) => {
    const { isFocused, range } = state.field(own);
    if (range) return { pos: range.from, create: form, clip: false };
    const { empty, head } = state.selection.main;
    const link = isFocused && empty && linkAt(state, head);
    return link && link.address ? { pos: link.from, create: panel, clip: false } : null;
  }),
});

// What the caret stands in.

function panel(view) {
  const dom = document.createElement("div");
  dom.className = "live-link";
  const address = document.createElement("a");
  address.target = "_blank";
  address.rel = "noopener noreferrer nofollow";
  const show = () => {
    const link = linkAt(view.state, view.state.selection.main.head);
    if (!link) return;
    address.href = link.address;
    address.textContent = link.address.replace(/^(https?:\/\/|mailto:)/i, "");
  };
  show();
  dom.append(address, button("Edit", () => editLink(view)), button("Remove", () => unlink(view, linkAt(view.state, view.state.selection.main.head))));
  dom.addEventListener("mousedown", (event) => event.preventDefault());
  return { dom, update: show };
}

function button(words, press) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "button", textContent: words });
  made.dataset.size = "small";
  made.addEventListener("click", press);
  return made;
}

function unlink(view, link) {
  if (!link) return;
  const words = view.state.sliceDoc(link.words.from, link.words.to);
  view.dispatch({ changes: { from: link.from, to: link.to, insert: words }, effects: edit.of(null), userEvent: "delete.link" });
  view.focus();
}

// What is being written.

export function editLink(view) {
  const { state } = view;
  const { from, to, head, empty } = state.selection.main;
  if (state.readOnly || isCode(state, head)) return false;
  const link = linkAt(state, head);
  const word = empty && !link ? state.wordAt(head) : null;
  view.dispatch({ effects: edit.of(link ?? word ?? { from, to }) });
  view.dom.querySelector(".live-link-form input")?.focus();
  return true;
}

function form(view) {
  const { range } = view.state.field(field);
  const { state } = view;
  const link = linkAt(state, range.from) ?? linkAt(state, range.to);
  const isWhole = link && link.from >= range.from && link.to <= range.to;
  const selected = state.sliceDoc(range.from, range.to).replaceAll("\n", " ");
  const written = isWhole ? state.sliceDoc(link.words.from, link.words.to) : selected;
  const dom = document.createElement("div");
  dom.className = "live-link live-link-form";
  dom.setAttribute("role", "dialog");
  dom.setAttribute("aria-label", "Link");
  const address = input("Address", isWhole ? link.address : normal(selected) && isAddress(selected) ? selected : "");
  const words = input("Words", written);
  const close = () => {
    view.dispatch({ effects: edit.of(null) });
    view.focus();
  };
  const save = () => {
    const target = normal(address.field.value);
    if (!target) return address.refuse();
    put(view, words.field.value.trim(), target);
  };
  dom.append(address.label, words.label, button("Save", save), button("Cancel", close));
  dom.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target.matches("input")) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // CodeMirror draws a panel a moment before it stands in the page.
  return { dom, mount: () => address.field.focus() };
}

function input(name, value) {
  const label = document.createElement("label");
  const field = document.createElement("input");
  Object.assign(field, { type: "text", value, autocomplete: "off", spellcheck: name === "Words" });
  if (name === "Address") field.inputMode = "url";
  label.append(Object.assign(document.createElement("span"), { textContent: name }), field);
  const refuse = () => {
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  return { label, field, refuse };
}

export const isAddress = (text) => /^(https?:\/\/|mailto:)\S+$/i.test(text.trim());

/** An address as the finished page follows it; "" for what it would not follow. */
export function normal(text) {
  const typed = text.trim();
  const isMail = /^[^\s@/:]+@[^\s@/:]+\.\w+$/.test(typed);
  const isBare = !/^[a-z][a-z\d+.-]*:(?!\d)/i.test(typed) && /^[^\s/@]+\.[^\s@]+$|^localhost\b/i.test(typed);
  const whole = isMail ? `mailto:${typed}` : isBare ? `https://${typed}` : typed;
  if (!isAddress(whole)) return "";
  return whole.replace(/[()<>\\\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

export const asLink = (words, address) => `[${words.replace(/(?<!\\)[[\]]/g, "\\$&") || address}](${address})`;

function put(view, words, address) {
  const { range } = view.state.field(field);
  const insert = asLink(words, address);
  view.dispatch({
    changes: { ...{ from: range.from, to: range.to }, insert },
    selection: { anchor: range.from + insert.length },
    effects: edit.of(null),
    userEvent: "input.link",
    scrollIntoView: true,
  });
  view.focus();
}

// Following.

export function openLink(view) {
  const address = linkAt(view.state, view.state.selection.main.head)?.address;
  if (address) open(address, "_blank", "noopener");
  return Boolean(address);
}

function press(event, view) {
  const isFollowing = event.button === 0 && (event.ctrlKey || event.metaKey || view.state.readOnly);
  if (!isFollowing || !event.target.closest?.(".md-link-words")) return false;
  const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
  const address = at === null ? "" : linkAt(view.state, at)?.address;
  if (!address) return false;
  event.preventDefault();
  open(address, "_blank", "noopener");
  return true;
}

export const links = [
  field,
  EditorView.focusChangeEffect.of((_, isFocused) => focused.of(isFocused)),
  EditorView.domEventHandlers({ mousedown: press }),
];
