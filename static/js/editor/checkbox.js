// A checklist's box: a real one, of which the text knows only the letter between the brackets.
import { WidgetType } from "@codemirror/view";

export class Checkbox extends WidgetType {
  constructor(isDone, words, isReadOnly) {
    super();
    this.isDone = isDone;
    this.words = words;
    this.isReadOnly = isReadOnly;
  }

  eq(other) {
    return other.isDone === this.isDone && other.words === this.words && other.isReadOnly === this.isReadOnly;
  }

  toDOM(view) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "md-checkbox";
    // Tab leaves the editor; from the keyboard the box is ticked where the caret is.
    box.tabIndex = -1;
    box.addEventListener("mousedown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      // What is ticked is the text; the box follows it.
      event.preventDefault();
      if (!view.state.readOnly) tick(view, view.posAtDOM(box));
    });
    this.show(box);
    return box;
  }

  updateDOM(box) {
    if (!(box instanceof HTMLInputElement)) return false;
    this.show(box);
    return true;
  }

  show(box) {
    box.checked = this.isDone;
    box.disabled = this.isReadOnly;
    box.setAttribute("aria-label", this.words || "Empty item");
  }

  ignoreEvent() {
    return true;
  }
}

const BOX = /^((?: {0,3}> ?)*\s*(?:[-*+]|\d{1,9}[.)])\s+\[)([ xX])\](?=\s|$)/;

function tick(view, at) {
  const line = view.state.doc.lineAt(at);
  const found = line.text.match(BOX);
  if (!found) return false;
  const from = line.from + found[1].length;
  view.dispatch({ changes: { from, to: from + 1, insert: found[2] === " " ? "x" : " " }, userEvent: "input.tick" });
  return true;
}

export const tickHere = (view) => !view.state.readOnly && tick(view, view.state.selection.main.head);
