// A list of things to choose from at the caret. The words stay in the text while they narrow the list down, and the focus
// stays in the editor: to a screen reader the text is a combobox and this its listbox.
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, showTooltip } from "@codemirror/view";
import { icon } from "./icons.js";

const LONGEST_QUERY = 24;
const LIST = "live-menu";

const opened = StateEffect.define();
const closed = StateEffect.define();
const moved = StateEffect.define();

const fits = (entry, words) => `${entry.name} ${entry.keywords ?? ""}`.toLowerCase().split(/[\s-]+/).some((part) => part.startsWith(words)) || entry.name.toLowerCase().includes(words);

export function matching(entries, query) {
  const words = query.toLowerCase();
  const isFirst = ({ name }) => Number(!name.toLowerCase().startsWith(words));
  return entries.filter((entry) => fits(entry, words)).sort((one, other) => isFirst(one) - isFirst(other));
}

function follow(menu, transaction) {
  const from = transaction.changes.mapPos(menu.from, -1);
  const { head, empty } = transaction.state.selection.main;
  const typed = transaction.state.doc.sliceString(from, Math.min(Math.max(head, from), from + LONGEST_QUERY + 2));
  const isLeft = !empty || head < from + menu.sign.length || !typed.startsWith(menu.sign) || typed.includes("\n");
  if (isLeft) return null;
  const query = typed.slice(menu.sign.length);
  const matches = matching(menu.entries, query);
  if (query.startsWith(" ") || query.length > LONGEST_QUERY || (!matches.length && query.includes(" "))) return null;
  const isSame = query === menu.query;
  return { ...menu, from, query, matches, index: isSame ? menu.index : 0 };
}

const field = StateField.define({
  create: () => null,
  update(menu, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(closed)) return null;
      if (effect.is(opened)) menu = { query: "", index: 0, matches: effect.value.entries, ...effect.value };
      else if (effect.is(moved) && menu) menu = { ...menu, index: effect.value };
    }
    if (!menu) return null;
    return transaction.docChanged || transaction.selection ? follow(menu, transaction) : menu;
  },
  provide: (own) => [
    showTooltip.compute([own], (state) => {
      const menu = state.field(own);
      return menu && { pos: menu.from, create: draw, clip: false };
    }),
    EditorView.contentAttributes.compute([own], (state) => {
      const menu = state.field(own);
      if (!menu) return {};
      const active = menu.matches.length ? { "aria-activedescendant": `${LIST}-${menu.index}` } : {};
      return { "aria-haspopup": "listbox", "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": LIST, ...active };
    }),
  ],
});

export const menuAt = (state) => state.field(field, false);

export function openMenu(view, { from = view.state.selection.main.head, sign = "", label, entries }) {
  view.dispatch({ effects: opened.of({ from, sign, label, entries }), scrollIntoView: true });
  return true;
}

function close(view) {
  if (!menuAt(view.state)) return false;
  view.dispatch({ effects: closed.of(null) });
  return true;
}

function step(by) {
  return (view) => {
    const menu = menuAt(view.state);
    if (!menu?.matches.length) return false;
    const { length } = menu.matches;
    view.dispatch({ effects: moved.of((menu.index + by + length) % length) });
    return true;
  };
}

function choose(view, entry) {
  const menu = menuAt(view.state);
  view.dispatch({
    changes: { from: menu.from, to: Math.max(menu.from, view.state.selection.main.head) },
    effects: closed.of(null),
    userEvent: "delete.menu",
  });
  view.focus();
  entry.run(view);
  return true;
}

function chooseActive(view) {
  const menu = menuAt(view.state);
  if (!menu) return false;
  if (menu.matches.length) return choose(view, menu.matches[menu.index]);
  close(view);
  return false;
}

function draw(view) {
  const dom = document.createElement("div");
  dom.className = "live-menu";
  const list = document.createElement("ul");
  list.id = LIST;
  list.setAttribute("role", "listbox");
  const nothing = document.createElement("p");
  nothing.setAttribute("role", "status");
  dom.append(list, nothing);
  // A press must not take the focus, and with it the caret and a phone's keyboard, out of the text.
  dom.addEventListener("mousedown", (event) => event.preventDefault());
  dom.addEventListener("click", (event) => {
    const at = event.target.closest("[role=option]")?.dataset.index;
    const entry = at && menuAt(view.state)?.matches[at];
    if (entry) choose(view, entry);
  });
  const show = () => fill(menuAt(view.state), list, nothing);
  show();
  return { dom, update: show };
}

function fill(menu, list, nothing) {
  if (!menu) return;
  list.setAttribute("aria-label", menu.label);
  list.replaceChildren(...menu.matches.map((entry, index) => option(entry, index, index === menu.index)));
  nothing.textContent = menu.matches.length ? "" : `No match for “${menu.query}”`;
  list.hidden = !menu.matches.length;
  list.children[menu.index]?.scrollIntoView({ block: "nearest" });
}

function option(entry, index, isActive) {
  const item = document.createElement("li");
  item.id = `${LIST}-${index}`;
  item.dataset.index = index;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(isActive));
  item.append(icon(entry.icon), Object.assign(document.createElement("span"), { textContent: entry.name }));
  if (entry.hint) item.append(Object.assign(document.createElement("span"), { className: "live-menu-hint", textContent: entry.hint }));
  return item;
}

const keys = [
  { key: "ArrowDown", run: step(1) },
  { key: "ArrowUp", run: step(-1) },
  { key: "Enter", run: chooseActive },
  { key: "Tab", run: chooseActive },
  { key: "Escape", run: close },
];

export const menus = [
  field,
  Prec.highest(keymap.of(keys)),
  EditorView.domEventHandlers({ blur: (_, view) => void setTimeout(() => !view.hasFocus && view.dom.isConnected && close(view)) }),
];
