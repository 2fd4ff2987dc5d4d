// Commented passages in the text, and the way to a new comment: a button at the selection and a key.
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, keymap, showTooltip } from "@codemirror/view";
import { canCompose, compose, stepThread } from "./threads.js";
import { passagesOf } from "./anchors.js";

const redraw = StateEffect.define();
const phone = matchMedia("(max-width: 63.99rem)");

// CodeMirror's own looks of a tooltip stand outside the cascade layers.
const bare = EditorView.theme({ ".cm-tooltip.comment-tip": { border: "0", backgroundColor: "transparent", zIndex: "5" } });

const marked = StateField.define({
  create: () => Decoration.none,
  update(decorations, transaction) {
    const effect = transaction.effects.find((one) => one.is(redraw));
    return effect ? effect.value : decorations.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function draw(passages, name, length) {
  const ranges = passages
    .spansIn(name)
    .filter(({ to }) => to <= length)
    .map(({ thread, from, to }) => {
      const active = thread === passages.active ? { "data-active": "" } : {};
      return Decoration.mark({ class: "comment-mark", attributes: { "data-thread": String(thread), ...active }, thread }).range(from, to);
    });
  return Decoration.set(ranges, true);
}

// The shortest of the passages at a place: of two, one inside the other, the inner is meant.
function threadAt(state, at) {
  const found = [];
  state.field(marked).between(at, at, (from, to, { spec }) => {
    found.push({ thread: spec.thread, length: to - from });
  });
  return found.sort((one, other) => one.length - other.length)[0]?.thread ?? null;
}

function beginComment(view, passages, name) {
  if (!canCompose()) return false;
  const { from, to } = trimmed(view.state, view.state.selection.main);
  const whole = view.dom.getBoundingClientRect();
  const start = view.coordsAtPos(from) ?? whole;
  const box = { left: start.left, top: start.top, bottom: (view.coordsAtPos(to) ?? whole).bottom };
  const about = from === to ? {} : { quote: view.state.sliceDoc(from, to), anchor: passages.anchorAt(name, from, to) };
  compose({ section: name, box, back: () => letGo(view, to), ...about });
  return true;
}

function letGo(view, to) {
  view.focus();
  view.dispatch({ selection: { anchor: Math.min(to, view.state.doc.length) } });
}

function trimmed(state, { from, to }) {
  const words = state.sliceDoc(from, to);
  const start = from + words.length - words.trimStart().length;
  return { from: Math.min(start, to), to: Math.max(start, to - (words.length - words.trimEnd().length)) };
}

function tip(label, title, run) {
  return () => {
    const dom = document.createElement("div");
    dom.className = "comment-tip";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.title = title;
    // The selection stays: a button that takes the focus would lose it.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", run);
    dom.append(button);
    return { dom };
  };
}

export function comments(room, name) {
  const passages = passagesOf(room);
  let view;

  const watcher = ViewPlugin.define((made) => {
    view = made;
    const refresh = () => made.dispatch({ effects: redraw.of(draw(passages, name, made.state.doc.length)) });
    passages.addEventListener("change", refresh);
    passages.settle();
    return { destroy: () => passages.removeEventListener("change", refresh) };
  });

  const tips = showTooltip.compute(["selection", "doc"], (state) => {
    const { from, to, head, empty } = state.selection.main;
    if (!empty && canCompose() && state.sliceDoc(from, to).trim()) {
      return { pos: head, above: head === from, create: tip("Comment", "Comment (Ctrl+Alt+M)", () => beginComment(view, passages, name)) };
    }
    const thread = empty && phone.matches ? threadAt(state, head) : null;
    return thread && { pos: head, above: true, create: tip("Show comment", "", () => passages.open(thread, { focus: true })) };
  });

  const clicks = EditorView.domEventHandlers({
    click(event) {
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      const thread = at === null || !event.target.closest?.(".comment-mark") ? null : threadAt(view.state, at);
      if (thread !== null && view.state.selection.main.empty && !phone.matches) passages.open(thread);
    },
  });

  const keys = keymap.of([
    { key: "Mod-Alt-m", run: () => beginComment(view, passages, name), preventDefault: true },
    { key: "Alt-PageDown", run: () => stepThread(1, { caret: true }), preventDefault: true },
    { key: "Alt-PageUp", run: () => stepThread(-1, { caret: true }), preventDefault: true },
  ]);
  return [bare, marked, watcher, tips, clicks, Prec.high(keys)];
}
