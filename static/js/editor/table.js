// Writing in a table: from cell to cell, new rows, columns.
import { nodeAround } from "./markdown.js";
import { insertBlock } from "./marks.js";
import { cellsOf, isRule } from "./table-text.js";

const HEADER = 0;
const RULE = 1;

/** The table around a place: its lines, and in which row and column the place is. */
function tableAt(state, at = state.selection.main.head) {
  const node = nodeAround(state, at, ["Table"]);
  if (!node) return null;
  const { doc } = state;
  const lines = [];
  for (let line = doc.lineAt(node.from); line.from <= node.to; line = doc.line(line.number + 1)) {
    lines.push(line);
    if (line.number === doc.lines) break;
  }
  const row = lines.findIndex((line) => line.from <= at && line.to >= at);
  if (row < 0) return null;
  const column = Math.max(0, cellsOf(lines[row].text).findLastIndex(({ start }) => lines[row].from + start < at || start === 0));
  return { lines, row, column, width: cellsOf(lines[HEADER].text).length };
}

const emptyRow = (width) => `|${"  |".repeat(width)}`;

function go(view, line, column, isSelecting = true) {
  const cells = cellsOf(line.text);
  const cell = cells[Math.min(column, cells.length - 1)];
  view.dispatch({ selection: { anchor: line.from + (isSelecting ? cell.from : cell.to), head: line.from + cell.to }, scrollIntoView: true, userEvent: "select" });
  return true;
}

function addRow(view, after, column, width) {
  const text = emptyRow(width);
  view.dispatch({
    changes: { from: after.to, insert: `\n${text}` },
    selection: { anchor: after.to + 1 + cellsOf(text)[column].to },
    scrollIntoView: true,
    userEvent: "input.row",
  });
  return true;
}

function inTable(act) {
  return (view) => {
    const table = view.state.readOnly ? null : tableAt(view.state);
    return table ? act(view, table) : false;
  };
}

export const nextCell = inTable((view, { lines, row, column, width }) => {
  const cells = cellsOf(lines[row].text).length;
  if (row !== RULE && column + 1 < cells) return go(view, lines[row], column + 1);
  const next = row === HEADER ? RULE + 1 : row + 1;
  return lines[next] ? go(view, lines[next], 0) : addRow(view, lines.at(-1), 0, width);
});

export const previousCell = inTable((view, { lines, row, column }) => {
  if (row !== RULE && column > 0) return go(view, lines[row], column - 1);
  const previous = row === RULE + 1 || row === RULE ? HEADER : row - 1;
  return previous >= 0 ? go(view, lines[previous], Infinity) : true;
});

export const enterCell = inTable((view, { lines, row, column, width }) => {
  if (!view.state.selection.main.empty) return false;
  const isLast = row === lines.length - 1;
  const isEmpty = cellsOf(lines[row].text).every(({ from, to }) => from === to);
  if (isLast && isEmpty && row > RULE) return leave(view, lines[row]);
  const next = lines[row === HEADER ? RULE + 1 : row + 1];
  return next ? go(view, next, column, false) : addRow(view, lines.at(-1), Math.min(column, width - 1), width);
});

// A second Enter in an empty last row: the row goes, and writing goes on below the table, with an empty line between: else
// the words would be one more row.
function leave(view, line) {
  const { doc } = view.state;
  const next = line.number < doc.lines ? doc.line(line.number + 1) : null;
  const isNextFree = next && !next.text.trim();
  view.dispatch({
    changes: { from: line.from, to: line.to, insert: isNextFree ? "" : "\n" },
    selection: { anchor: line.from + 1 },
    scrollIntoView: true,
    userEvent: "input.row",
  });
  return true;
}

const rowAbove = inTable((view, { lines, row, column, width }) => addRow(view, lines[row > RULE + 1 ? row - 1 : RULE], column, width));
const rowBelow = inTable((view, { lines, row, column, width }) => addRow(view, lines[Math.max(row, RULE)], column, width));

function addColumn(toTheRight) {
  return inTable((view, { lines, column }) => {
    const changes = lines.map((line) => {
      const cells = cellsOf(line.text);
      const cell = cells[Math.min(column, cells.length - 1)];
      const words = isRule(line.text) ? " --- " : "  ";
      if (!toTheRight) return { from: line.from + cell.pipeEnd, insert: `${words}|` };
      const isOpen = line.text[cell.contentEnd] !== "|";
      return { from: line.from + cell.contentEnd, insert: isOpen ? ` |${words}|` : `|${words}` };
    });
    const first = lines[HEADER];
    const set = view.state.changes(changes);
    const cell = cellsOf(first.text)[column];
    const head = toTheRight ? set.mapPos(first.from + cell.contentEnd, -1) + 2 : first.from + cell.pipeEnd + 1;
    view.dispatch({ changes: set, selection: { anchor: head }, scrollIntoView: true, userEvent: "input.column" });
    return true;
  });
}

const deleteRow = inTable((view, { lines, row }) => {
  if (row <= RULE) return deleteTable(view);
  view.dispatch({ changes: { from: lines[row - 1].to, to: lines[row].to }, scrollIntoView: true, userEvent: "delete.row" });
  return true;
});

const deleteColumn = inTable((view, { lines, column, width }) => {
  if (width < 2) return deleteTable(view);
  const changes = lines.flatMap((line) => {
    const cell = cellsOf(line.text)[column];
    if (!cell) return [];
    const hasPipe = line.text[cell.contentEnd] === "|";
    return { from: line.from + (hasPipe ? cell.pipeEnd : cell.start), to: line.from + cell.contentEnd + (hasPipe ? 1 : 0) };
  });
  view.dispatch({ changes, scrollIntoView: true, userEvent: "delete.column" });
  return true;
});

const deleteTable = inTable((view, { lines }) => {
  view.dispatch({ changes: { from: lines[0].from, to: lines.at(-1).to }, scrollIntoView: true, userEvent: "delete.table" });
  return true;
});

/** The place in a cell that is nearest: at the edges of a row the caret may stand outside of every cell. */
export function placeInCell(state, at) {
  const table = tableAt(state, at);
  if (!table || table.row === RULE) return at;
  const line = table.lines[table.row];
  const cell = cellsOf(line.text)[table.column];
  if (at > line.from + cell.contentEnd) return line.from + cell.to;
  return at < line.from + cell.pipeEnd ? line.from + cell.from : at;
}

export const isInTable = (state, at) => tableAt(state, at) !== null;

export const TABLE_ENTRIES = [
  { name: "Row above", icon: "row-above", run: rowAbove },
  { name: "Row below", icon: "row-below", run: rowBelow },
  { name: "Column before", icon: "column-before", run: addColumn(false) },
  { name: "Column after", icon: "column-after", run: addColumn(true) },
  { name: "Delete row", icon: "delete", run: deleteRow },
  { name: "Delete column", icon: "delete", run: deleteColumn },
  { name: "Delete table", icon: "delete", run: deleteTable },
];

export function insertTable(view) {
  const head = "| Column | Column |";
  return insertBlock(view, `${head}\n| --- | --- |\n|  |  |`, 2, "Column".length);
}
