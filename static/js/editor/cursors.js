// Where the others are, drawn with classes (a strict policy lets no style attribute through), and where I am, told to them.
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import * as Y from "yjs";

const TELL_AFTER = 60;

class Caret extends WidgetType {
  constructor(person, name) {
    super();
    this.person = person;
    this.name = name;
  }

  eq(other) {
    return other.person === this.person && other.name === this.name;
  }

  toDOM() {
    const caret = document.createElement("span");
    caret.className = "live-caret";
    caret.dataset.person = this.person;
    caret.dataset.name = this.name;
    caret.setAttribute("aria-hidden", "true");
    return caret;
  }

  ignoreEvent() {
    return true;
  }
}

const redraw = StateEffect.define();

const drawn = StateField.define({
  create: () => RangeSet.empty,
  update(decorations, transaction) {
    const effect = transaction.effects.find((one) => one.is(redraw));
    return effect ? effect.value : decorations.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function place(position, text) {
  if (!position) return null;
  const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), text.doc);
  return found && found.type === text ? Math.min(found.index, text.length) : null;
}

function decorationsFor(room, text, length) {
  const ranges = [];
  for (const [client, state] of room.awareness.getStates()) {
    if (client === room.doc.clientID || !state.user || !state.cursor) continue;
    const anchor = place(state.cursor.anchor, text);
    const head = place(state.cursor.head, text);
    if (anchor === null || head === null || Math.max(anchor, head) > length) continue;
    const { person = 1, name = "" } = state.user;
    const selection = { class: "live-selection", attributes: { "data-person": String(person) } };
    if (anchor !== head) ranges.push(Decoration.mark(selection).range(Math.min(anchor, head), Math.max(anchor, head)));
    ranges.push(Decoration.widget({ widget: new Caret(person, name), side: head > anchor ? -1 : 1 }).range(head));
  }
  return Decoration.set(ranges, true);
}

export function cursors(room, text, name) {
  const teller = ViewPlugin.define((view) => {
    let timer = 0;
    let frame = 0;

    function draw() {
      frame = 0;
      view.dispatch({ effects: redraw.of(decorationsFor(room, text, view.state.doc.length)) });
    }

    const whenOthersMove = ({ added, updated, removed }) => {
      const isAboutOthers = [...added, ...updated, ...removed].some((client) => client !== room.doc.clientID);
      if (isAboutOthers && !frame) frame = requestAnimationFrame(draw);
    };

    function tell() {
      timer = 0;
      const mine = room.awareness.getLocalState();
      if (!mine) return;
      if (view.hasFocus) {
        const { anchor, head } = view.state.selection.main;
        const at = (index) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index));
        room.awareness.setLocalState({ ...mine, section: name, cursor: { anchor: at(anchor), head: at(head) } });
      } else if (mine.section === name) {
        room.awareness.setLocalState({ ...mine, section: null, cursor: null });
      }
    }

    room.awareness.on("change", whenOthersMove);
    frame = requestAnimationFrame(draw);
    return {
      update(update) {
        if ((update.selectionSet || update.focusChanged || (update.docChanged && view.hasFocus)) && !timer) timer = setTimeout(tell, TELL_AFTER);
      },
      destroy() {
        clearTimeout(timer);
        cancelAnimationFrame(frame);
        room.awareness.off("change", whenOthersMove);
      },
    };
  });
  return [drawn, teller];
}
