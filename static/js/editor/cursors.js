// Where the others are, drawn with classes (a strict policy lets no style attribute through), and where I am, told to them.
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import * as Y from "yjs";

const TELL_AFTER = 60;
// Somebody who types on keeps her name away from the line above; it comes back with the first move after a rest.
const NAME_AFTER_REST = 3_000;

class Caret extends WidgetType {
  constructor(person, name, shownAt) {
    super();
    this.person = person;
    this.name = name;
    this.shownAt = shownAt;
  }

  eq(other) {
    return other.person === this.person && other.name === this.name && other.shownAt === this.shownAt;
  }

  toDOM() {
    const caret = document.createElement("span");
    caret.className = "live-caret";
    caret.dataset.person = this.person;
    caret.dataset.name = this.name;
    caret.setAttribute("aria-hidden", "true");
    if (performance.now() - this.shownAt < NAME_AFTER_REST) caret.dataset.fresh = "";
    return caret;
  }

  ignoreEvent() {
    return false;
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

/** Where a relative position stands in `text` now, or null. */
export function placeIn(text, position) {
  if (!position) return null;
  const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), text.doc);
  return found && found.type === text ? Math.min(found.index, text.length) : null;
}

// Whose name shows since when, over all sections: moving into another one is a move like any.
const moves = new Map();

function shownSince(client, name, cursor) {
  const now = performance.now();
  const key = `${name} ${JSON.stringify(cursor)}`;
  const last = moves.get(client);
  if (last?.key === key) return last.shownAt;
  const shownAt = last && now - last.movedAt < NAME_AFTER_REST && last.name === name ? last.shownAt : now;
  moves.set(client, { key, name, movedAt: now, shownAt });
  return shownAt;
}

function othersIn(room, text, name, length) {
  const others = [];
  for (const [client, { user, cursor, section }] of room.awareness.getStates()) {
    if (client === room.doc.clientID || !user || !cursor || (section && section !== name)) continue;
    const anchor = placeIn(text, cursor.anchor);
    const head = placeIn(text, cursor.head);
    if (anchor === null || head === null || Math.max(anchor, head) > length) continue;
    const shownAt = shownSince(client, name, cursor);
    others.push({ person: user.person ?? 1, name: user.name ?? "", anchor, head, shownAt });
  }
  return others;
}

function decorationsFor(others) {
  const ranges = [];
  for (const { person, name, anchor, head, shownAt } of others) {
    const selection = { class: "live-selection", attributes: { "data-person": String(person) } };
    if (anchor !== head) ranges.push(Decoration.mark(selection).range(Math.min(anchor, head), Math.max(anchor, head)));
    ranges.push(Decoration.widget({ widget: new Caret(person, name, shownAt), side: head > anchor ? -1 : 1 }).range(head));
  }
  return Decoration.set(ranges, true);
}

// A name near the right edge opens towards the left, where there is room for it.
const turnNames = {
  key: "live-names",
  read: (view) => {
    const { right } = view.contentDOM.getBoundingClientRect();
    return [...view.contentDOM.querySelectorAll(".live-caret")].map((caret) => [caret, right - caret.getBoundingClientRect().left]);
  },
  write: (carets) => {
    for (const [caret, room] of carets) caret.toggleAttribute("data-turned", room < 150);
  },
};

export function cursors(room, text, name) {
  const teller = ViewPlugin.define((view) => {
    let timer = 0;
    let frame = 0;
    let shown = "[]";

    function draw() {
      frame = 0;
      const others = othersIn(room, text, name, view.state.doc.length);
      const now = JSON.stringify(others);
      if (now === shown) return;
      shown = now;
      view.dispatch({ effects: redraw.of(decorationsFor(others)) });
      view.requestMeasure(turnNames);
    }

    const whenOthersMove = ({ added, updated, removed }) => {
      const isAboutOthers = [...added, ...updated, ...removed].some((client) => client !== room.doc.clientID);
      if (isAboutOthers && !frame) frame = requestAnimationFrame(draw);
    };

    function tell() {
      timer = 0;
      if (view.hasFocus) {
        const { anchor, head } = view.state.selection.main;
        const at = (index) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index));
        room.place({ section: name, cursor: { anchor: at(anchor), head: at(head) } });
      } else if (room.awareness.getLocalState()?.section === name) {
        room.place({ section: room.viewed ?? null, cursor: null });
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
