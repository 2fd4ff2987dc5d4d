// A table as a grid: each line is a row, each stretch from a pipe to the next a cell. The lines stand next to one another,
// so the browser makes them one table and finds the widths of the columns by itself.
import { Decoration } from "@codemirror/view";
import { cellsOf, isRule } from "./table-text.js";

const MANY_COLUMNS = 3;

function alignments(rule) {
  return cellsOf(rule).map(({ from, to }) => {
    const text = rule.slice(from, to).trim();
    if (/^:-+:$/.test(text)) return "center";
    return text.endsWith(":") ? "end" : "";
  });
}

export function drawTable(drawing, table, seen) {
  const { doc } = drawing.state;
  const header = doc.lineAt(table.from);
  const rule = header.number < doc.lines ? doc.line(header.number + 1) : null;
  const names = cellsOf(header.text).map(({ from, to }) => header.text.slice(from, to).trim());
  const aligned = rule ? alignments(rule.text) : [];
  for (const line of drawing.linesOf(table, seen)) {
    const about = drawing.line(line.from);
    about.classes.push("md-line-row");
    if (names.length > MANY_COLUMNS) about.attributes["data-columns"] = "many";
    if (line.from === header.from) about.classes.push("md-row-head");
    const isHiddenRule = line.number === header.number + 1 && isRule(line.text) && !drawing.touches(line.from, line.to);
    if (isHiddenRule) about.classes.push("md-row-rule");
    drawCells(drawing, line, names, aligned);
  }
}

function drawCells(drawing, line, names, aligned) {
  const cells = cellsOf(line.text);
  for (const [column, cell] of cells.entries()) {
    const attributes = {};
    if (names[column]) attributes["data-label"] = names[column];
    if (aligned[column]) attributes["data-align"] = aligned[column];
    const isLast = column === cells.length - 1;
    const from = line.from + cell.start;
    const to = line.from + cell.end;
    // An inclusive start puts the cell around its hidden marks, also where nothing else is in it: else it would be hidden with them.
    if (to > from) drawing.marks.push(Decoration.mark({ class: "md-cell", attributes, inclusiveStart: true, inclusiveEnd: isLast }).range(from, to));
    // Where somebody writes, a space on either side keeps the caret in sight, and tells the end of the cell from the next.
    const room = drawing.touches(line.from + cell.pipeEnd, line.from + cell.contentEnd) ? 1 : 0;
    drawing.hide(from, line.from + Math.max(cell.pipeEnd, cell.from - room));
    drawing.hide(line.from + Math.min(cell.contentEnd, cell.to + room), to);
  }
}
