// data-shortcut="g i" on a link or button: those keys, one after the other, press it. The sheet behind `?` is made
// from the same attributes, so it cannot lie. None fires while somebody types, and all can be switched off.
import { nameOf } from "./names.js";

const KEY = "debrief.shortcuts";
const PATIENCE_MS = 1200;
const TYPING = "input, textarea, select, [contenteditable], [role='combobox'], .cm-editor, dialog[open]";
let typed = [];
let timer;

const enabled = () => localStorage.getItem(KEY) !== "off";
const targets = () => [...document.querySelectorAll("[data-shortcut]")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || !enabled()) return;
  if (event.target.closest?.(TYPING)) return;
  clearTimeout(timer);
  typed = [...typed, event.key].slice(-2);
  timer = setTimeout(() => (typed = []), PATIENCE_MS);
  const target = find(typed.join(" ")) ?? find(event.key);
  if (!target) return;
  event.preventDefault();
  typed = [];
  target.matches("input, textarea, select") ? target.focus() : target.click();
});

function find(keys) {
  return targets().find((element) => element.dataset.shortcut === keys);
}

const list = document.querySelector("[data-shortcut-list]");
const toggle = document.querySelector("[data-shortcut-switch]");

document.getElementById("shortcuts")?.addEventListener("toggle", () => {
  list.replaceChildren(row(["Ctrl", "K"], "Go anywhere, do anything"), ...targets().map((element) => row(element.dataset.shortcut.split(" "), nameOf(element))));
});

function row(keys, text) {
  const group = document.createElement("div");
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.append(...keys.map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
  description.textContent = text;
  group.append(term, description);
  return group;
}

if (toggle) {
  toggle.checked = enabled();
  toggle.addEventListener("change", () => localStorage.setItem(KEY, toggle.checked ? "on" : "off"));
}
