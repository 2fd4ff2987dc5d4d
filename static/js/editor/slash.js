// “/” at the start of a line or after a space asks what to insert.
import { EditorView } from "@codemirror/view";
import { insertsFor } from "./inserts.js";
import { isCode } from "./markdown.js";
import { menuAt, openMenu } from "./menu.js";

const LABEL = "Insert";

export const offerInserts = (view) => openMenu(view, { label: LABEL, entries: insertsFor(view) });

export const slash = EditorView.inputHandler.of((view, from, to, text) => {
  if (text !== "/" || view.state.readOnly || menuAt(view.state)) return false;
  const before = view.state.sliceDoc(Math.max(0, from - 1), from);
  if ((before && !/\s/.test(before)) || isCode(view.state, from)) return false;
  view.dispatch({ changes: { from, to, insert: "/" }, selection: { anchor: from + 1 }, userEvent: "input.menu", scrollIntoView: true });
  return openMenu(view, { from, sign: "/", label: LABEL, entries: insertsFor(view) });
});
