// Typing over a selection. Left to itself the browser would carry the looks of what was selected over to the new letters, as
// style attributes: the policy forbids those, and the text knows no looks.
import { EditorView } from "@codemirror/view";
import { isCode } from "./markdown.js";
import { placeInCell } from "./table.js";

function overtype(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || !event.data || empty || event.isComposing || view.composing || view.state.readOnly) return false;
  const insert = () => view.state.update({ ...view.state.replaceSelection(event.data), userEvent: "input.type", scrollIntoView: true });
  const isTaken = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, event.data, insert));
  if (!isTaken) view.dispatch(insert());
  event.preventDefault();
  return true;
}

// Behind a row's last pipe a letter would begin one more cell.
const intoCell = EditorView.inputHandler.of((view, from, to, text) => {
  const at = from === to && text !== "|" ? placeInCell(view.state, from) : from;
  if (at === from) return false;
  view.dispatch({ changes: { from: at, insert: text }, selection: { anchor: at + text.length }, userEvent: "input.type", scrollIntoView: true });
  return true;
});

// “[] ” begins a checklist, as “- ” begins a list.
const box = EditorView.inputHandler.of((view, from, to, text) => {
  const line = view.state.doc.lineAt(from);
  const begun = text === " " && from === to && line.text.slice(0, from - line.from).match(/^(\s*)(?:- )?\[ ?\]$/);
  if (!begun || isCode(view.state, from)) return false;
  const insert = `${begun[1]}- [ ] `;
  view.dispatch({ changes: { from: line.from, to: from, insert }, selection: { anchor: line.from + insert.length }, userEvent: "input.box", scrollIntoView: true });
  return true;
});

export const typing = [EditorView.domEventHandlers({ beforeinput: overtype }), intoCell, box];
