// What the keys do in lists, headings and quotes.
import { insertNewlineContinueMarkupCommand } from "@codemirror/lang-markdown";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorSelection } from "@codemirror/state";
import { isCode, lineStart, nodesAround } from "./markdown.js";
import { touchedLines } from "./marks.js";

const LONGEST_PARSE = 50;

const goOn = insertNewlineContinueMarkupCommand({ nonTightLists: false });

/** Goes on with a list or a quote, and leaves it on an empty item. */
export function continueList(view) {
  const { head, empty } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  const start = lineStart(line.text);
  const isEmptyItem = start.mark && empty && !line.text.slice(start.length).trim() && itemAt(view.state, head);
  if (isEmptyItem && !isNested(isEmptyItem)) return leaveItem(view, line, start, "input.leave");
  return !view.state.readOnly && goOn(view);
}

// Right under an item, words would be part of it: a line is left free.
function leaveItem(view, line, start, userEvent) {
  const from = line.from + start.quote.length;
  const before = line.number > 1 ? view.state.doc.line(line.number - 1).text : "";
  const isUnderWords = before.slice(start.quote.length).trim() !== "";
  const insert = isUnderWords ? `\n${start.quote}` : "";
  view.dispatch({ changes: { from, to: line.from + start.length, insert }, selection: { anchor: from + insert.length }, userEvent, scrollIntoView: true });
  return true;
}

const itemAt = (state, at) => nodesAround(state, at).find((node) => node.name === "ListItem");
const isNested = (item) => item.parent?.parent?.name === "ListItem";

function itemsTouched(state) {
  const items = [];
  for (const line of touchedLines(state)) {
    const item = lineStart(line.text).mark && itemAt(state, Math.min(line.from + lineStart(line.text).length, line.to));
    const isWithin = items.some((known) => known.from <= item?.from && known.to >= item?.to);
    if (item && !isWithin) items.push(item);
  }
  return items;
}

const columnOf = (state, item) => {
  const line = state.doc.lineAt(item.from);
  const { indent, mark } = lineStart(line.text);
  return { line, indent: indent.length, words: indent.length + mark.length + 1 };
};

function shift(state, item, by) {
  const changes = [];
  for (let line = state.doc.lineAt(item.from); line.from <= item.to; line = state.doc.line(line.number + 1)) {
    const { quote, indent } = lineStart(line.text);
    const at = line.from + quote.length;
    if (by > 0 && line.text.trim()) changes.push({ from: at, insert: " ".repeat(by) });
    if (by < 0) changes.push({ from: at, to: at + Math.min(-by, indent.length) });
    if (line.number === state.doc.lines) break;
  }
  return changes;
}

function moveItems(direction) {
  return (target) => {
    const { state } = target;
    const items = itemsTouched(state);
    if (!items.length || state.readOnly) return false;
    const changes = items.flatMap((item) => {
      const own = columnOf(state, item);
      const sibling = item.prevSibling?.name === "ListItem" ? item.prevSibling : null;
      const parent = isNested(item) ? item.parent.parent : null;
      if (direction > 0) return sibling ? shift(state, item, columnOf(state, sibling).words - own.indent) : [];
      return parent ? shift(state, item, columnOf(state, parent).indent - own.indent) : [];
    });
    if (changes.length) {
      target.dispatch(state.update({ changes, userEvent: "input.indent", scrollIntoView: true }));
      renumber(target);
    }
    return true;
  };
}

export const indent = moveItems(1);
export const outdent = moveItems(-1);

// An item that moved takes the number that it has at its new place, and so do those after it.
function renumber(view) {
  const { state } = view;
  const tree = ensureSyntaxTree(state, state.doc.length, LONGEST_PARSE);
  const outermost = nodesAround(state, state.selection.main.head).filter(({ name }) => /List$/.test(name)).at(-1);
  if (!tree || !outermost) return;
  const changes = [];
  outermost.cursor().iterate((node) => {
    if (node.name !== "OrderedList") return;
    const isNested = node.node.parent.name === "ListItem";
    let number = null;
    for (const item of node.node.getChildren("ListItem")) {
      const mark = item.getChild("ListMark");
      const written = state.sliceDoc(mark.from, mark.to - 1);
      number = number === null ? (isNested ? 1 : Number(written)) : number + 1;
      if (written !== String(number)) changes.push({ from: mark.from, to: mark.to - 1, insert: String(number) });
    }
  });
  if (changes.length) view.dispatch({ changes, userEvent: "input.renumber" });
}

/** Backspace right behind a mark takes the mark away; in a list first one level of indentation. */
export function eraseMark(view) {
  const { state } = view;
  const { head, empty } = state.selection.main;
  const line = state.doc.lineAt(head);
  const start = lineStart(line.text);
  const isBehindMark = empty && head === line.from + start.length && (start.mark || start.heading || start.quote);
  if (!isBehindMark || state.readOnly || isCode(state, head)) return false;
  const item = start.mark && itemAt(state, head);
  if (item && isNested(item)) return outdent(view);
  if (item) return leaveItem(view, line, start, "delete.mark");
  const from = start.heading ? line.from + start.quote.length : line.from + start.quote.trimEnd().length - 1;
  view.dispatch({ changes: { from, to: head }, userEvent: "delete.mark", scrollIntoView: true });
  return true;
}

/** The beginning of the words, and only from there the beginning of the line. */
function toWords(view, isExtending) {
  const { state } = view;
  const range = state.selection.main;
  const line = state.doc.lineAt(range.head);
  const { mark, quote, heading, length } = lineStart(line.text);
  const at = line.from + length;
  const isOnFirstRow = view.moveToLineBoundary(EditorSelection.cursor(range.head), false).head <= at;
  if (!(mark || quote || heading) || range.head <= at || !isOnFirstRow) return false;
  view.dispatch({ selection: isExtending ? EditorSelection.range(range.anchor, at) : EditorSelection.cursor(at), scrollIntoView: true, userEvent: "select" });
  return true;
}

export const home = (view) => toWords(view, false);
export const selectHome = (view) => toWords(view, true);
