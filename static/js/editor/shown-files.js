// Attached pictures and logs, shown where the text names them. Words and address stay text: the alternative words are edited
// like any others, and the picture stands below their line.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import { filesOf } from "./files.js";
import { isCode } from "./markdown.js";

const NAMED = /(!?)\[((?:\\.|[^[\]\\\n])*)\]\(attachment:(\d{1,15})(?:\s+"[^"\n]*")?\)/g;
const HIGHEST = 384;

const filesChanged = StateEffect.define();
const toggled = StateEffect.define();

const plain = (words) => words.replace(/\\(.)/g, "$1");

class Picture extends WidgetType {
  constructor(file, words, at) {
    super();
    Object.assign(this, { file, words, at });
  }

  eq(other) {
    return other.file === this.file && other.words === this.words && other.at === this.at;
  }

  get estimatedHeight() {
    return this.file?.height ? Math.min(HIGHEST, this.file.height) + 16 : 32;
  }

  toDOM(view) {
    const place = document.createElement("div");
    place.className = "live-picture";
    if (this.file) place.append(this.image(view));
    else {
      place.dataset.missing = "";
      place.textContent = this.file === null ? "This picture is not here." : "Fetching the picture…";
    }
    return place;
  }

  image(view) {
    const image = document.createElement("img");
    const { address, width, height } = this.file;
    Object.assign(image, { src: address, alt: this.words, width, height, draggable: false, title: "Press to change the words that say what it shows" });
    image.addEventListener("load", () => view.requestMeasure());
    image.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const from = Math.min(this.at, view.state.doc.length);
      view.focus();
      view.dispatch({ selection: { anchor: from, head: Math.min(from + this.length, view.state.doc.length) }, scrollIntoView: true });
    });
    return image;
  }

  ignoreEvent() {
    return true;
  }
}

class Log extends WidgetType {
  constructor(file, isOpen) {
    super();
    Object.assign(this, { file, isOpen });
  }

  eq(other) {
    return other.file === this.file && other.isOpen === this.isOpen;
  }

  toDOM(view) {
    const chip = document.createElement("span");
    chip.className = "live-file";
    const note = document.createElement("span");
    note.textContent = this.file ? this.file.note : "not here";
    note.title = this.file?.first_line ?? "";
    chip.append(note);
    if (this.file) chip.append(this.button(view));
    return chip;
  }

  button(view) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.isOpen ? "Fold" : "Open";
    button.setAttribute("aria-expanded", String(this.isOpen));
    button.setAttribute("aria-label", `${this.isOpen ? "Fold" : "Open"} ${this.file.name}`);
    button.addEventListener("click", () => view.dispatch({ effects: toggled.of(this.file.id) }));
    return button;
  }

  ignoreEvent() {
    return true;
  }
}

class LogText extends WidgetType {
  constructor(file) {
    super();
    this.file = file;
  }

  eq(other) {
    return other.file === this.file;
  }

  toDOM(view) {
    const place = document.createElement("pre");
    place.className = "live-file-text";
    place.tabIndex = 0;
    place.setAttribute("aria-label", this.file.name);
    place.textContent = "Fetching…";
    fetch(this.file.address)
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)))
      .then((text) => (place.textContent = text))
      .catch(() => (place.textContent = "It cannot be fetched now; fold it and try again."))
      .finally(() => view.requestMeasure());
    return place;
  }

  ignoreEvent() {
    return true;
  }
}

function drawn(state, files, open) {
  const found = [];
  const text = state.doc.toString();
  if (!text.includes("(attachment:")) return Decoration.none;
  for (const match of text.matchAll(NAMED)) {
    const at = match.index;
    if (isCode(state, at + 1)) continue;
    const [whole, mark, words, id] = match;
    const file = files.get(Number(id));
    const below = state.doc.lineAt(at).to;
    if (mark && file?.is_picture !== false) {
      const widget = new Picture(file, plain(words), at + 2);
      widget.length = words.length;
      found.push(Decoration.widget({ widget, block: true, side: 1 }).range(below));
    } else if (file !== undefined && !file?.is_picture) {
      found.push(Decoration.widget({ widget: new Log(file, open.has(file?.id)), side: 1 }).range(at + whole.length));
      if (file && open.has(file.id)) found.push(Decoration.widget({ widget: new LogText(file), block: true, side: 2 }).range(below));
    }
  }
  return Decoration.set(found, true);
}

export function shownFiles(number) {
  const files = filesOf(number);
  const field = StateField.define({
    create: (state) => ({ open: new Set(), decorations: drawn(state, files, new Set()) }),
    update(value, transaction) {
      const turned = transaction.effects.filter((effect) => effect.is(toggled)).map((effect) => effect.value);
      if (!transaction.docChanged && !turned.length && !transaction.effects.some((effect) => effect.is(filesChanged))) return value;
      const open = new Set(value.open);
      for (const id of turned) open.has(id) ? open.delete(id) : open.add(id);
      return { open, decorations: drawn(transaction.state, files, open) };
    },
    provide: (own) => EditorView.decorations.from(own, (value) => value.decorations),
  });
  const watcher = ViewPlugin.define((view) => {
    const redraw = () => setTimeout(() => view.dom.isConnected && view.dispatch({ effects: filesChanged.of(null) }));
    files.addEventListener("changed", redraw);
    return { destroy: () => files.removeEventListener("changed", redraw) };
  });
  return [field, watcher];
}
