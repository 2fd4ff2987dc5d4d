// The marks of Markdown as commands: each puts its mark, and takes it away where it already is.
import { syntaxTree } from "@codemirror/language";
import { EditorSelection } from "@codemirror/state";
import { lineStart, nodesAround } from "./markdown.js";
import { cellsOf, isRule } from "./table-text.js";

const send = (target, spec) => {
  target.dispatch(target.state.update({ userEvent: "input.mark", scrollIntoView: true, ...spec }));
  return true;
};

export function touchedLines(state) {
  const { from, to, empty } = state.selection.main;
  const lines = [];
  for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
    const isOnlyReached = !empty && lines.length > 0 && line.from === to;
    if (!isOnlyReached) lines.push(line);
    if (line.to >= to || line.number === state.doc.lines) return lines;
  }
}

// Words and parts of lines: bold, italic, struck out, code.

function enclosing(state, { from, to }, name) {
  return nodesAround(state, from).find((node) => node.name === name && node.from <= from && node.to >= to);
}

// Marks may not touch white space from within, nor reach over a line's end.
function stretches(state, { from, to }) {
  const found = [];
  for (let at = from; at <= to; ) {
    const line = state.doc.lineAt(at);
    for (const part of partsOf(state, line)) {
      const start = Math.max(at, line.from + part.from);
      const end = Math.min(to, line.from + part.to);
      const text = end > start ? state.sliceDoc(start, end) : "";
      if (text.trim()) found.push({ from: start + text.search(/\S/), to: start + text.trimEnd().length });
    }
    at = line.to + 1;
  }
  return found;
}

function partsOf(state, line) {
  const block = blockAround(state, line);
  if (block === "Table") return isRule(line.text) ? [] : cellsOf(line.text);
  return block ? [] : [{ from: lineStart(line.text).length, to: line.length }];
}

const blockAround = (state, line) => nodesAround(state, line.to).find(({ name, from, to }) => ["Table", "FencedCode"].includes(name) && from <= line.to && to >= line.from)?.name;

const isLetter = (text) => /[\p{L}\p{N}_]/u.test(text);

function around(mark, name, sample) {
  const markFor = (state, from, to) => (mark === "_" && (isLetter(state.sliceDoc(from - 1, from)) || isLetter(state.sliceDoc(to, to + 1))) ? "*" : mark);

  function wrap(state, range) {
    const word = range.empty ? state.wordAt(range.from) : null;
    const isInWord = word && word.from < range.from && word.to > range.to;
    if (range.empty && !isInWord) {
      const at = range.from + mark.length;
      return { changes: { from: range.from, insert: mark + sample + mark }, range: EditorSelection.range(at, at + sample.length) };
    }
    const parts = isInWord ? [word] : stretches(state, range);
    const changes = parts.flatMap(({ from, to }) => {
      const sign = markFor(state, from, to);
      return [{ from, insert: sign }, { from: to, insert: sign }];
    });
    const set = state.changes(changes);
    return { changes, range: EditorSelection.range(set.mapPos(range.anchor, range.anchor <= range.head ? 1 : -1), set.mapPos(range.head, range.anchor <= range.head ? -1 : 1)) };
  }

  function unwrap(state, range, node) {
    const [opens, closes] = [node.firstChild, node.lastChild];
    const changes = [{ from: opens.from, to: opens.to }, { from: closes.from, to: closes.to }];
    return { changes, range: range.map(state.changes(changes)) };
  }

  return (target) => {
    const { state } = target;
    if (state.readOnly) return false;
    return send(target, state.changeByRange((range) => {
      const node = enclosing(state, range, name);
      return node ? unwrap(state, range, node) : wrap(state, range);
    }));
  };
}

export const bold = around("**", "StrongEmphasis", "bold");
export const italic = around("_", "Emphasis", "italic");
export const strike = around("~~", "Strikethrough", "struck out");
export const code = around("`", "InlineCode", "code");

// Whole lines: headings, lists, quotes.

function kindOf(start) {
  if (start.heading) return `heading${start.heading}`;
  if (start.box) return "task";
  if (!start.mark) return "text";
  return /\d/.test(start.mark) ? "number" : "bullet";
}

const SIGNS = { bullet: () => "- ", number: (index) => `${index + 1}. `, task: () => "- [ ] " };
for (const level of [1, 2, 3]) SIGNS[`heading${level}`] = () => `${"#".repeat(level)} `;

function ofLines(kind) {
  return (target) => {
    const { state } = target;
    if (state.readOnly) return false;
    const touched = touchedLines(state);
    // Tables and code stay what they are.
    const written = touched.filter((line) => (touched.length === 1 || line.text.trim()) && !blockAround(state, line));
    if (!written.length) return true;
    const starts = written.map((line) => lineStart(line.text));
    const isMarked = starts.every((start) => kindOf(start) === kind);
    const changes = written.map((line, index) => {
      const { quote, indent, length } = starts[index];
      const kept = kind.startsWith("heading") ? "" : indent;
      return { from: line.from + quote.length, to: line.from + length, insert: isMarked ? kept : kept + SIGNS[kind](index) };
    });
    // Behind the new mark, also where the line was empty.
    const set = state.changes(changes);
    return send(target, { changes: set, selection: state.selection.map(set, 1) });
  };
}

export const heading1 = ofLines("heading1");
export const heading2 = ofLines("heading2");
export const heading3 = ofLines("heading3");
export const bulletList = ofLines("bullet");
export const numberedList = ofLines("number");
export const checklist = ofLines("task");

export function quote(target) {
  const { state } = target;
  if (state.readOnly) return false;
  const lines = touchedLines(state);
  const isQuoted = lines.every((line) => /^ {0,3}>/.test(line.text));
  const set = state.changes(lines.map((line) => (isQuoted ? { from: line.from, to: line.from + line.text.match(/^ {0,3}> ?/)[0].length } : { from: line.from, insert: "> " })));
  return send(target, { changes: set, selection: state.selection.map(set, 1) });
}

// Blocks that stand on lines of their own.

/** Puts a block where the caret is, with an empty line on either side where there are words, and the caret under it, or at
    `caret` in it, where `length` letters are selected. */
export function insertBlock(view, text, caret = text.length + 1, length = 0) {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head);
  const isFree = !line.text.trim();
  const previous = line.number > 1 ? state.doc.line(line.number - 1).text.trim() : "";
  const next = line.number < state.doc.lines ? state.doc.line(line.number + 1).text.trim() : "";
  const before = isFree ? (previous ? "\n" : "") : "\n\n";
  const after = line.number === state.doc.lines || next ? "\n" : "";
  const from = isFree ? line.from : line.to;
  const at = from + before.length + caret;
  return send(view, { changes: { from, to: line.to, insert: before + text + after }, selection: { anchor: at, head: at + length } });
}

// A line below, or nobody gets out of a block that ends the text.
const wayOut = (state, end) => (end === state.doc.length ? "\n" : "");

/** Enter behind the fence that opens a block closes the block, which else would swallow all that follows. */
export function closeFence(target) {
  const { state } = target;
  const { head, empty } = state.selection.main;
  const line = state.doc.lineAt(head);
  const opened = empty && head === line.to && line.text.match(/^(\s*)(`{3,}|~{3,})[\w+#-]*$/);
  const fenced = opened && enclosing(state, { from: head, to: head }, "FencedCode");
  if (!fenced || fenced.from < line.from || fenced.getChildren("CodeMark").length > 1 || state.readOnly) return false;
  const [, indent, fence] = opened;
  return send(target, { changes: { from: head, insert: `\n${indent}\n${indent}${fence}${wayOut(state, head)}` }, selection: { anchor: head + 1 + indent.length } });
}

export function codeBlock(target) {
  const { state } = target;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const fenced = enclosing(state, { from, to }, "FencedCode");
  if (fenced) return unfence(target, fenced);
  const lines = touchedLines(state);
  const text = state.sliceDoc(lines[0].from, lines.at(-1).to);
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const end = lines.at(-1).to;
  const set = state.changes([{ from: lines[0].from, insert: `${fence}\n` }, { from: end, insert: `\n${fence}${wayOut(state, end)}` }]);
  const head = lines[0].from + fence.length + 1 + (state.selection.main.head - lines[0].from);
  return send(target, { changes: set, selection: { anchor: head } });
}

function unfence(target, fenced) {
  const { doc } = target.state;
  const first = doc.lineAt(fenced.from);
  const last = doc.lineAt(fenced.to);
  const isClosed = last.number > first.number && /^\s*(`{3,}|~{3,})\s*$/.test(last.text);
  const changes = [{ from: first.from, to: Math.min(first.to + 1, doc.length) }];
  if (isClosed && last.from > first.to + 1) changes.push({ from: last.from - 1, to: last.to });
  else if (isClosed) changes[0].to = last.to;
  return send(target, { changes });
}

/** What the caret stands in, by the names of the commands: the toolbar presses its buttons by it. */
export function marksAt(state) {
  const { from, to, head } = state.selection.main;
  const found = new Set();
  const names = { StrongEmphasis: "bold", Emphasis: "italic", Strikethrough: "strike", InlineCode: "code", Link: "link", Autolink: "link", FencedCode: "codeBlock", Blockquote: "quote", Table: "table" };
  for (const node of nodesAround(state, from)) {
    if (names[node.name] && node.from <= from && node.to >= to) found.add(names[node.name]);
  }
  if (syntaxTree(state).length === 0) return found;
  const kind = found.has("codeBlock") ? "text" : kindOf(lineStart(state.doc.lineAt(head).text));
  found.add({ bullet: "bulletList", number: "numberedList", task: "checklist" }[kind] ?? kind);
  return found;
}
