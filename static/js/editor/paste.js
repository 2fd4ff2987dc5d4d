// What is pasted: formatted text becomes Markdown, an address over words becomes their link. Files are left to whoever
// takes uploads, plain text to the editor. Ctrl-Shift-V brings plain text only, as everywhere.
import { EditorView } from "@codemirror/view";
import { toMarkdown } from "./html-to-markdown.js";
import { asLink, isAddress, linkAt, normal } from "./links.js";
import { isCode } from "./markdown.js";
import { isInTable, placeInCell } from "./table.js";

const LARGEST_HTML = 2_000_000;
// Editors of code colour what they copy, and mean the plain text.
const IS_SOURCE = /\bvscode-|data-vscode|jetbrains|monospace[^>]*>\s*<div/i;

// What comes from the clipboard may hold line ends and characters that neither the text nor the database can.
export const storable = (text) => text.replace(/\r\n?/g, "\n").replaceAll("\0", "").toWellFormed();

function put(view, text, userEvent = "input.paste") {
  view.dispatch(view.state.replaceSelection(storable(text)), { userEvent, scrollIntoView: true });
  return true;
}

const inCell = (text) => text.trim().replace(/\s*\n+\s*/g, " ").replace(/(?<!\\)\|/g, "\\|");

function putInCell(view, text) {
  const { from, empty } = view.state.selection.main;
  if (empty) view.dispatch({ selection: { anchor: placeInCell(view.state, from) } });
  return put(view, text);
}

function linkOver(view, plain) {
  const { state } = view;
  const { from, to, empty } = state.selection.main;
  const words = state.sliceDoc(from, to);
  if (empty || words.includes("\n") || !isAddress(plain) || isAddress(words)) return false;
  if (linkAt(state, from) || linkAt(state, to)) return false;
  return put(view, asLink(words, normal(plain)), "input.link");
}

function markdownOf(data, plain) {
  const html = data.getData("text/html");
  if (!html || html.length > LARGEST_HTML || data.types.includes("vscode-editor-data") || IS_SOURCE.test(html)) return "";
  const text = toMarkdown(html, plain);
  // Words without any form: the plain text keeps the lines as they were copied.
  const isPlain = text.replace(/\\(?=[!-/:-@[-`{-~])/g, "").replace(/\s+/g, " ").trim() === plain.replace(/[\s\u00a0]+/g, " ").trim();
  return isPlain ? "" : text;
}

// Blocks need a line of their own; words go into the line.
function fitting(view, text) {
  const { state } = view;
  const { from } = state.selection.main;
  const line = state.doc.lineAt(from);
  const startsBlock = /^(#{1,6} |[-*+] |\d+\. |> |```|\| |---$)/.test(text);
  const isMidLine = state.sliceDoc(line.from, from).trim() !== "";
  // Below a table the next letter needs a line of its own, too.
  const end = /\|$/.test(text) ? "\n\n" : "";
  return (startsBlock && isMidLine ? `\n\n${text}` : text) + end;
}

function paste(event, view) {
  const data = event.clipboardData;
  if (!data || view.state.readOnly) return false;
  const plain = storable(data.getData("text/plain"));
  const { from } = view.state.selection.main;
  if (isCode(view.state, from)) return false;
  if (linkOver(view, plain)) return taken(event);
  const text = markdownOf(data, plain);
  if (isInTable(view.state, from)) return Boolean(text || plain) && putInCell(view, inCell(text || plain)) && taken(event);
  return text ? put(view, fitting(view, text)) && taken(event) : false;
}

function taken(event) {
  event.preventDefault();
  return true;
}

export const pasting = EditorView.domEventHandlers({ paste });
