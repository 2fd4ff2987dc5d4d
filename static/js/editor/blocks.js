// `{{timeline}}` and its like: below such a line stands what the records say now, and it follows them. The line itself is
// text: it is written, moved and deleted like any other, and says what it is while the caret is elsewhere.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import { isCode } from "./markdown.js";

const FOLLOWS = { timeline: "timelineChanged", actions: "actionsChanged", impact: "incidentChanged", duration: "incidentChanged" };
const LABELS = { timeline: "The timeline, as it is now", actions: "The actions, as they are now", impact: "The impact in numbers, as it is now" };
const BLOCK = /^ {0,3}\{\{[ \t]*(timeline|actions|impact)[ \t]*\}\}[ \t]*$/gm;
const VALUE = /\{\{[ \t]*duration[ \t]*\}\}/g;
const FETCH_AFTER = 150;

const recordsChanged = StateEffect.define();
const known = new Map();

function recordsOf(number) {
  if (!known.has(number)) known.set(number, new Records(number));
  return known.get(number);
}

// What the server says of each block, for all the editors of a page. Dispatches "changed".
class Records extends EventTarget {
  constructor(number) {
    super();
    this.address = (name) => `/postmortems/${number}/blocks/${name}/`;
    this.parts = new Map();
    this.timers = new Map();
    for (const name of Object.keys(FOLLOWS)) document.body.addEventListener(FOLLOWS[name], () => this.parts.has(name) && this.askSoon(name));
    addEventListener("online", () => [...this.parts.keys()].forEach((name) => this.askSoon(name)));
  }

  /** HTML of the server's own, or null until it has answered. */
  get(name) {
    if (!this.parts.has(name)) {
      this.parts.set(name, null);
      this.askSoon(name);
    }
    return this.parts.get(name);
  }

  askSoon(name) {
    if (!this.timers.get(name)) this.timers.set(name, setTimeout(() => this.ask(name), FETCH_AFTER));
  }

  async ask(name) {
    this.timers.delete(name);
    try {
      const answer = await fetch(this.address(name));
      if (!answer.ok || answer.redirected) return;
      const html = await answer.text();
      if (html === this.parts.get(name)) return;
      this.parts.set(name, html);
      this.dispatchEvent(new Event("changed"));
    } catch {
      // Without a network the last state stays; "online" asks again.
    }
  }
}

class Block extends WidgetType {
  constructor(name, html) {
    super();
    Object.assign(this, { name, html });
  }

  eq(other) {
    return other.name === this.name && other.html === this.html;
  }

  get estimatedHeight() {
    return 120;
  }

  toDOM() {
    const place = document.createElement("div");
    place.className = "live-block live-editor-part";
    this.fill(place);
    return place;
  }

  updateDOM(place) {
    this.fill(place);
    return true;
  }

  fill(place) {
    place.dataset.name = this.name;
    if (this.html === null) place.textContent = "…";
    else place.innerHTML = this.html;
  }

  ignoreEvent() {
    return true;
  }
}

class Value extends WidgetType {
  constructor(words) {
    super();
    this.words = words;
  }

  eq(other) {
    return other.words === this.words;
  }

  toDOM() {
    const place = document.createElement("span");
    place.className = "live-value";
    place.textContent = this.words;
    place.title = "The duration, as it is now";
    return place;
  }
}

function blocksIn(state) {
  const text = state.doc.toString();
  if (!text.includes("{{")) return [];
  const found = [...text.matchAll(BLOCK)].map((match) => ({ name: match[1], from: match.index, to: match.index + match[0].length }));
  return found.filter(({ from }) => !isCode(state, from));
}

function below(records) {
  const drawn = (state) =>
    Decoration.set(blocksIn(state).map(({ name, to }) => Decoration.widget({ widget: new Block(name, records.get(name)), block: true, side: 1 }).range(to)));
  return StateField.define({
    create: drawn,
    update: (value, transaction) =>
      transaction.docChanged || transaction.effects.some((effect) => effect.is(recordsChanged)) ? drawn(transaction.state) : value,
    provide: (field) => EditorView.decorations.from(field),
  });
}

// The line's own words and the values within lines give way to what they stand for, wherever the caret is not.
function within(records) {
  return ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.decorations = this.draw(view);
        this.redraw = () => setTimeout(() => view.dom.isConnected && view.dispatch({ effects: recordsChanged.of(null) }));
        records.addEventListener("changed", this.redraw);
      }

      update(update) {
        const hasNews = update.transactions.some(({ effects }) => effects.some((effect) => effect.is(recordsChanged)));
        if (update.docChanged || update.selectionSet || update.focusChanged || update.viewportChanged || hasNews) this.decorations = this.draw(update.view);
      }

      destroy() {
        records.removeEventListener("changed", this.redraw);
      }

      draw(view) {
        const { state } = view;
        const carets = view.hasFocus ? state.selection.ranges : [];
        const isTouched = (from, to) => carets.some((range) => range.from <= to && range.to >= from);
        const ranges = [];
        for (const { name, from, to } of blocksIn(state)) {
          if (isTouched(from, to)) continue;
          ranges.push(Decoration.line({ class: "md-line-block", attributes: { "data-label": LABELS[name] } }).range(from));
          ranges.push(Decoration.mark({ class: "md-hidden" }).range(from, to));
        }
        for (const seen of view.visibleRanges) {
          for (const match of state.sliceDoc(seen.from, seen.to).matchAll(VALUE)) {
            const from = seen.from + match.index;
            const words = isTouched(from, from + match[0].length) || isCode(state, from) ? null : records.get("duration");
            if (words !== null) ranges.push(Decoration.replace({ widget: new Value(words) }).range(from, from + match[0].length));
          }
        }
        return Decoration.set(ranges, true);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

export function blocks(room) {
  const records = recordsOf(room.number);
  return [below(records), within(records)];
}
