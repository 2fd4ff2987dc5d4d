// `@` names a person: in the text as [@Ada Lind](person:12), drawn as a chip; in comment boxes as the plain name, which
// becomes the same when it is sent.
import { Prec } from "@codemirror/state";
import { Decoration, EditorView, MatchDecorator, ViewPlugin, keymap } from "@codemirror/view";
import { handleKey, isOffering, offer, withdraw } from "./people-picker.js";

const MENTION = /\[@((?:\\.|[^[\]\\\n]){1,200})\]\(person:(\d{1,9})\)/g;
const BEGUN = /(?:^|[\s([{“"'—–-])@([\p{L}\p{N}]?[\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]*)?)$/u;
const LONGEST = 60;

const escaped = (name) => name.replace(/[\\[\]]/g, "\\$&");
const plain = (name) => name.replace(/\\(.)/g, "$1");

// In the editor.

const chips = new MatchDecorator({ regexp: MENTION, decoration: Decoration.mark({ class: "mention" }) });

const drawn = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = chips.createDeco(view);
    }

    update(update) {
      this.decorations = chips.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

// One step for the arrows, one press of Backspace.
const whole = EditorView.atomicRanges.of((view) => view.plugin(drawn)?.decorations ?? Decoration.none);

function begunBefore(state) {
  const { head, empty } = state.selection.main;
  if (!empty) return null;
  const line = state.doc.lineAt(head);
  const found = state.sliceDoc(Math.max(line.from, head - LONGEST), head).match(BEGUN);
  return found && { from: head - found[1].length - 1, to: head, query: found[1] };
}

class Asking {
  constructor(view) {
    this.view = view;
    this.field = view.contentDOM;
  }

  box() {
    const begun = begunBefore(this.view.state);
    return this.view.coordsAtPos(begun?.from ?? this.view.state.selection.main.head) ?? this.view.dom.getBoundingClientRect();
  }

  choose({ id, name }) {
    const begun = begunBefore(this.view.state);
    if (!begun) return;
    const insert = `[@${escaped(name)}](person:${id}) `;
    this.view.dispatch({
      changes: { from: begun.from, to: begun.to, insert },
      selection: { anchor: begun.from + insert.length },
      userEvent: "input.complete",
      scrollIntoView: true,
    });
  }

  update(update) {
    const hasTyped = update.transactions.some((one) => one.isUserEvent("input.type"));
    const isGoingOn = isOffering(this) && (update.docChanged || update.selectionSet);
    if (!hasTyped && !isGoingOn) {
      if (update.focusChanged && !update.view.hasFocus) withdraw(this);
      return;
    }
    const begun = update.state.readOnly ? null : begunBefore(update.state);
    if (begun) offer(this, begun.query);
    else withdraw(this);
  }

  destroy() {
    withdraw(this);
  }
}

const asking = ViewPlugin.fromClass(Asking);

const forList = ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].map((key) => ({
  key,
  run: (view) => handleKey(view.plugin(asking), key),
}));

export const mentions = [drawn, whole, asking, Prec.highest(keymap.of(forList))];

// In a comment box.

const boxes = new WeakMap();

class Box {
  constructor(field) {
    this.field = field;
    this.named = new Map();
    this.soften();
  }

  // What comes from the server holds the marks; a person reads the names.
  soften() {
    const words = this.field.value.replace(MENTION, (all, name, id) => {
      this.named.set(plain(name), Number(id));
      return `@${plain(name)}`;
    });
    if (words !== this.field.value) this.field.value = words;
  }

  hardened() {
    const names = [...this.named.keys()].sort((one, other) => other.length - one.length);
    if (!names.length) return this.field.value;
    const pattern = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const named = new RegExp(`(?<![\\p{L}\\p{N}\\[])@(${pattern})(?![\\p{L}\\p{N}])`, "gu");
    return this.field.value.replace(named, (all, name) => `[@${escaped(name)}](person:${this.named.get(name)})`);
  }

  begun() {
    const { selectionStart: head, selectionEnd, value } = this.field;
    if (head !== selectionEnd) return null;
    const found = value.slice(Math.max(0, head - LONGEST), head).match(BEGUN);
    return found && { from: head - found[1].length - 1, to: head, query: found[1] };
  }

  box() {
    return this.field.getBoundingClientRect();
  }

  choose({ id, name }) {
    const begun = this.begun();
    if (!begun) return;
    this.named.set(name, id);
    this.field.setRangeText(`@${name} `, begun.from, begun.to, "end");
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function boxOf(field) {
  if (!boxes.has(field)) boxes.set(field, new Box(field));
  return boxes.get(field);
}

const isBox = (target) => target.matches?.("textarea[data-mentions]");

export function watchBoxes() {
  const begin = () => {
    for (const field of document.querySelectorAll("textarea[data-mentions]")) boxOf(field).soften();
  };
  begin();
  document.addEventListener("htmx:after:swap", begin);
  document.addEventListener("input", ({ target }) => {
    if (!isBox(target)) return;
    const box = boxOf(target);
    const begun = box.begun();
    if (begun) offer(box, begun.query);
    else withdraw(box);
  });
  document.addEventListener("focusout", ({ target }) => isBox(target) && withdraw(boxOf(target)));
  // Before anything else hears of the key: Escape would close the dialog around it.
  document.addEventListener("keydown", (event) => {
    if (!isBox(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!handleKey(boxOf(event.target), event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement.closest?.("form") ?? ctx.sourceElement;
    const field = form.querySelector?.("textarea[data-mentions]");
    if (field && ctx.request.body?.has?.(field.name)) ctx.request.body.set(field.name, boxOf(field).hardened());
  });
}
