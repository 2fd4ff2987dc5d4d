// One toolbar for all sections of a page. It acts on the one that was written in last, and shows what the caret stands in.
import { EditorView } from "@codemirror/view";
import { icon } from "./icons.js";
import { asAria, keyOf, spoken } from "./keys.js";
import { editLink } from "./links.js";
import { bold, bulletList, checklist, code, codeBlock, heading1, heading2, heading3, italic, marksAt, numberedList, quote, strike } from "./marks.js";
import { openMenu } from "./menu.js";
import { offerInserts } from "./slash.js";
import { insertTable, isInTable, TABLE_ENTRIES } from "./table.js";
import { canRedo, canUndo, redo, undo } from "./undo.js";

const editTable = (view) => (isInTable(view.state) ? openMenu(view, { label: "Table", entries: TABLE_ENTRIES }) : insertTable(view));

// `mark` is what marksAt() calls it: such a button is pressed while the caret stands in one.
const GROUPS = [
  [
    { name: "Heading", sign: "H1", mark: "heading1", run: heading1 },
    { name: "Subheading", sign: "H2", mark: "heading2", run: heading2 },
    { name: "Small heading", sign: "H3", mark: "heading3", run: heading3 },
  ],
  [
    { name: "Bold", sign: "B", mark: "bold", run: bold },
    { name: "Italic", sign: "I", mark: "italic", run: italic },
    { name: "Strike through", sign: "S", mark: "strike", run: strike },
    { name: "Code", icon: "code", mark: "code", run: code },
    { name: "Link", icon: "link", mark: "link", run: editLink },
  ],
  [
    { name: "List", icon: "bullet", mark: "bulletList", run: bulletList },
    { name: "Numbered list", icon: "number", mark: "numberedList", run: numberedList },
    { name: "Checklist", icon: "checklist", mark: "checklist", run: checklist },
    { name: "Quote", icon: "quote", mark: "quote", run: quote },
  ],
  [
    { name: "Code block", icon: "codeBlock", mark: "codeBlock", run: codeBlock },
    { name: "Table", icon: "table", mark: "table", run: editTable },
    { name: "Insert", icon: "insert", key: "/", run: offerInserts },
  ],
  [
    { name: "Undo", icon: "undo", run: undo, can: canUndo },
    { name: "Redo", icon: "redo", run: redo, can: canRedo },
  ],
];

class Toolbar {
  constructor(place) {
    this.view = null;
    this.bar = document.createElement("div");
    this.bar.className = "live-toolbar";
    this.bar.setAttribute("role", "toolbar");
    this.bar.setAttribute("aria-label", "Marks for the text");
    this.buttons = GROUPS.flatMap((group) => this.makeGroup(group));
    this.buttons.push(this.makeHelp());
    this.buttons[0].element.tabIndex = 0;
    this.bar.addEventListener("keydown", (event) => this.move(event));
    place.replaceChildren(this.bar);
    this.show();
  }

  makeGroup(actions) {
    const group = document.createElement("div");
    group.className = "live-toolbar-group";
    group.setAttribute("role", "group");
    const made = actions.map((action) => ({ ...action, element: this.makeButton(action) }));
    group.append(...made.map(({ element }) => element));
    this.bar.append(group);
    return made;
  }

  makeButton({ name, sign, icon: drawn, mark, key = undefined, run }) {
    const keys = key ?? keyOf(run);
    const button = document.createElement("button");
    Object.assign(button, { type: "button", tabIndex: -1, title: keys ? `${name} (${spoken(keys)})` : name });
    button.setAttribute("aria-label", name);
    if (keys) button.setAttribute("aria-keyshortcuts", asAria(keys));
    if (mark) button.dataset.mark = mark;
    button.append(drawn ? icon(drawn) : sign);
    // Neither the focus nor a phone's keyboard leaves the text.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => this.act(button, run));
    return button;
  }

  makeHelp() {
    const element = this.makeButton({ name: "Keys", icon: "help", run: () => document.getElementById("shortcuts")?.showModal() });
    this.bar.append(element);
    return { element, isHelp: true };
  }

  act(button, run) {
    if (button.getAttribute("aria-disabled") === "true") return;
    this.view?.focus();
    run(this.view);
  }

  move(event) {
    const buttons = this.buttons.map(({ element }) => element);
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Escape") this.view?.focus();
    if (to === undefined || at < 0) return;
    event.preventDefault();
    this.reach(buttons[(to + buttons.length) % buttons.length]);
  }

  reach(next) {
    for (const { element } of this.buttons) element.tabIndex = element === next ? 0 : -1;
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  focus() {
    this.reach(this.buttons.find(({ element }) => element.tabIndex === 0).element);
  }

  serve(view, label) {
    this.view = view;
    this.bar.setAttribute("aria-label", `Marks for ${label}`);
    this.show();
  }

  leave(view) {
    if (this.view !== view) return;
    this.view = null;
    this.show();
  }

  show() {
    const state = this.view?.state;
    const isWritable = Boolean(state) && !state.readOnly;
    const marks = isWritable ? marksAt(state) : new Set();
    for (const { element, mark, can, isHelp } of this.buttons) {
      if (mark) element.setAttribute("aria-pressed", String(marks.has(mark)));
      element.setAttribute("aria-disabled", String(!isHelp && !(isWritable && (!can || can(state)))));
    }
  }
}

let toolbar = null;

export function toolbarOf(element) {
  const place = document.querySelector("[data-live-toolbar]");
  if (place && !place.contains(toolbar?.bar ?? null)) toolbar = new Toolbar(place);
  return place && element ? toolbar : null;
}

/** Lets the toolbar act on this editor while it has the focus, and after that until another has it. */
export function toolbarFor(element, label) {
  return EditorView.updateListener.of((update) => {
    const bar = toolbarOf(element);
    if (!bar) return;
    if (update.view.hasFocus && bar.view !== update.view && !update.state.readOnly) bar.serve(update.view, label);
    else if (bar.view === update.view) bar.show();
  });
}

