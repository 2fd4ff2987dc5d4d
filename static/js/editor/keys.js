// The keys of the editor, and the part of the sheet behind “?” that is made from them.
import { defaultKeymap } from "@codemirror/commands";
import { tickHere } from "./checkbox.js";
import { editLink, openLink } from "./links.js";
import { continueList, eraseMark, home, indent, outdent, selectHome } from "./lists.js";
import { bold, bulletList, checklist, closeFence, code, codeBlock, heading1, heading2, heading3, italic, numberedList, quote, strike } from "./marks.js";
import { enterCell, nextCell, previousCell } from "./table.js";
import { redo, undo } from "./undo.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const first = (...commands) => (view) => commands.some((command) => command(view));

// Those with a name are listed in the sheet.
const KEYS = [
  { key: "Mod-b", run: bold, name: "Bold" },
  { key: "Mod-i", run: italic, name: "Italic" },
  { key: "Mod-Shift-x", run: strike, name: "Strike through" },
  { key: "Mod-e", run: code, name: "Code" },
  // The page's palette listens for the same keys.
  { key: "Mod-k", run: editLink, stopPropagation: true, name: "Link" },
  { key: "Alt-Enter", run: openLink, name: "Open the link at the caret" },
  { key: "Mod-Alt-1", run: heading1, name: "Heading" },
  { key: "Mod-Alt-2", run: heading2, name: "Subheading" },
  { key: "Mod-Alt-3", run: heading3, name: "Small heading" },
  { key: "Mod-Shift-7", run: numberedList, name: "Numbered list" },
  { key: "Mod-Shift-8", run: bulletList, name: "List" },
  { key: "Mod-Shift-9", run: checklist, name: "Checklist" },
  { key: "Mod-Enter", run: tickHere, name: "Tick the box of this line" },
  { key: "Mod-Shift-.", run: quote, name: "Quote" },
  { key: "Mod-Alt-c", run: codeBlock, name: "Code block" },
  { key: "Tab", run: first(nextCell, indent), name: "Indent in a list, next cell in a table" },
  { key: "Shift-Tab", run: first(previousCell, outdent), name: "Outdent, previous cell" },
  { key: "Mod-z", run: undo, name: "Undo what I typed" },
  { key: "Mod-Shift-z", run: redo, name: "Redo" },
  { key: "Mod-y", run: redo },
  { key: "Enter", run: first(enterCell, closeFence, continueList) },
  { key: "Backspace", run: eraseMark },
  { key: "Home", run: home, shift: selectHome },
  { mac: "Cmd-ArrowLeft", run: home, shift: selectHome },
];

export const editorKeys = [...KEYS.map((binding) => ({ preventDefault: binding.key?.startsWith("Mod-"), ...binding })), ...defaultKeymap];

const OTHERS = [
  ["/", "Insert something, at the start of a line or after a space"],
  ["Alt-F10", "To the toolbar; Escape goes back"],
  ["Escape Tab", "Leave the text"],
];

const NAMES = { Mod: isMac ? "⌘" : "Ctrl", Alt: isMac ? "⌥" : "Alt", Shift: isMac ? "⇧" : "Shift" };

const partsOf = (key) => key.split(/[- ](?=.)/).map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part));

export const keyOf = (run) => KEYS.find((binding) => binding.run === run)?.key;
export const spoken = (key) => partsOf(key).join(isMac ? "" : "+");
export const asAria = (key) => key.replace("Mod", isMac ? "Meta" : "Control").replaceAll("-", "+");

function row(key, name) {
  const group = document.createElement("div");
  const term = document.createElement("dt");
  term.append(...partsOf(key).map((part) => Object.assign(document.createElement("kbd"), { textContent: part })));
  group.append(term, Object.assign(document.createElement("dd"), { textContent: name }));
  return group;
}

export function listKeys() {
  const list = document.querySelector("[data-shortcut-list]");
  if (!list || document.getElementById("editor-keys")) return;
  const heading = Object.assign(document.createElement("h3"), { id: "editor-keys", textContent: "While you write" });
  const keys = document.createElement("dl");
  keys.className = "shortcuts";
  keys.append(...KEYS.filter(({ name }) => name).map(({ key, name }) => row(key, name)), ...OTHERS.map(([key, name]) => row(key, name)));
  list.after(heading, keys);
}
