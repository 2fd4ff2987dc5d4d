// Markdown drawn as the document it becomes. Marks are hidden by looks only, and only where the caret is not: the text in
// the page stays the whole Markdown, for screen readers, for the browser's search and for where carets stand.
import { syntaxTree } from "@codemirror/language";
import { Prec, StateEffect } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";
import { Checkbox } from "./checkbox.js";
import { lineStart, linkParts } from "./markdown.js";
import { drawTable } from "./table-looks.js";

const hidden = Decoration.mark({ class: "md-hidden" });
const bullet = Decoration.mark({ class: "md-bullet" });
const number = Decoration.mark({ class: "md-number" });
const quoteMark = Decoration.mark({ class: "md-quote-mark" });
const linkWords = Decoration.mark({ class: "md-link-words" });

const DEEPEST = 6;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const HEADING = /^ATXHeading(\d)$/;
const WRAPPED = ["EmphasisMark", "StrikethroughMark"];

const released = StateEffect.define();

// One drawing: what is seen of the text, and where the carets are.
class Drawing {
  constructor(view, carets) {
    this.view = view;
    this.state = view.state;
    this.carets = carets;
    this.marks = [];
    this.lines = new Map();
  }

  touches(from, to) {
    return this.carets.some((range) => range.from <= to && range.to >= from);
  }

  touchesLine(at) {
    const line = this.state.doc.lineAt(at);
    return this.touches(line.from, line.to);
  }

  hide(from, to) {
    if (to > from) this.marks.push(hidden.range(from, to));
  }

  mark(decoration, from, to) {
    if (to > from) this.marks.push(decoration.range(from, to));
  }

  line(at) {
    if (!this.lines.has(at)) this.lines.set(at, { classes: [], attributes: {} });
    return this.lines.get(at);
  }

  // Every line of a node that is seen at all.
  *linesOf(node, seen) {
    const { doc } = this.state;
    const last = Math.min(node.to, seen.to);
    for (let line = doc.lineAt(Math.max(node.from, seen.from)); line.from <= last; line = doc.line(line.number + 1)) {
      yield line;
      if (line.number === doc.lines) return;
    }
  }

  draw() {
    for (const seen of this.view.visibleRanges) {
      syntaxTree(this.state).iterate({ ...seen, enter: (node) => this.enter(node, seen) });
      this.drawDirections(seen);
    }
    const ranges = [...this.marks];
    for (const [from, { classes, attributes }] of this.lines) {
      ranges.push(Decoration.line({ class: [...new Set(classes)].join(" "), attributes }).range(from));
    }
    return Decoration.set(ranges, true);
  }

  enter(node, seen) {
    const heading = node.name.match(HEADING);
    if (heading) this.drawHeading(node, Number(heading[1]), seen);
    else if (WRAPPED.includes(node.name)) this.drawWrap(node);
    else this[`draw${node.name}`]?.(node, seen);
  }

  drawHeading(node, level, seen) {
    for (const line of this.linesOf(node, seen)) this.line(line.from).classes.push(`md-line-h${Math.min(level, 4)}`);
    if (this.touchesLine(node.from)) return;
    const [opens, closes] = node.node.getChildren("HeaderMark");
    const { doc } = this.state;
    this.hide(opens.from, Math.min(opens.to + doc.sliceString(opens.to, node.to).match(/^\s*/)[0].length, node.to));
    if (closes) this.hide(closes.from - doc.sliceString(opens.to, closes.from).match(/\s*$/)[0].length, closes.to);
  }

  drawWrap(mark) {
    const around = mark.node.parent;
    if (!this.touches(around.from, around.to)) this.hide(mark.from, mark.to);
  }

  drawInlineCode(node) {
    this.mark(Decoration.mark({ class: "md-inline-code" }), node.from, node.to);
    if (this.touches(node.from, node.to)) return;
    for (const mark of node.node.getChildren("CodeMark")) this.hide(mark.from, mark.to);
  }

  drawEscape(node) {
    if (!this.touches(node.from, node.to)) this.hide(node.from, node.from + 1);
  }

  drawLink(node) {
    const parts = linkParts(this.state, node.node);
    if (!parts) return;
    // A person is one thing, drawn and stepped over as a whole.
    const isPerson = this.state.sliceDoc(parts.url.from, parts.url.to).startsWith("person:");
    if (!isPerson) this.mark(linkWords, parts.words.from, parts.words.to);
    if ((this.touches(node.from, node.to) && !isPerson) || parts.words.from === parts.words.to) return;
    this.hide(node.from, parts.words.from);
    this.hide(parts.words.to, node.to);
  }

  drawImage(node) {
    this.drawLink(node);
  }

  drawAutolink(node) {
    const parts = linkParts(this.state, node.node);
    this.mark(linkWords, parts.words.from, parts.words.to);
    if (this.touches(node.from, node.to)) return;
    this.hide(node.from, parts.words.from);
    this.hide(parts.words.to, node.to);
  }

  drawURL(node) {
    const around = node.node.parent.name;
    if (around !== "Link" && around !== "Image" && around !== "Autolink" && around !== "LinkReference") this.mark(linkWords, node.from, node.to);
  }

  drawHorizontalRule(node) {
    const classes = this.line(this.state.doc.lineAt(node.from).from).classes;
    if (this.touchesLine(node.from)) return;
    classes.push("md-line-rule");
    this.hide(node.from, node.to);
  }

  drawBlockquote(node, seen) {
    for (const line of this.linesOf(node, seen)) {
      const about = this.line(line.from);
      about.classes.push("md-line-quote");
      about.attributes["data-quote"] = String(Math.min(1 + Number(about.attributes["data-quote"] ?? 0), DEEPEST));
    }
  }

  // The mark keeps its room, so that the words stay where they are when the caret comes into the line.
  drawQuoteMark(node) {
    const isSpaced = this.state.sliceDoc(node.to, node.to + 1) === " ";
    this.mark(quoteMark, node.from, node.to + (isSpaced ? 1 : 0));
  }

  drawListItem(node, seen) {
    const { doc } = this.state;
    for (const line of this.linesOf(node, seen)) {
      const about = this.line(line.from);
      about.classes.push("md-line-item");
      about.attributes["data-depth"] = String(Math.min(1 + Number(about.attributes["data-depth"] ?? 0), DEEPEST));
      const start = lineStart(line.text);
      const indented = line.from + start.quote.length;
      if (!about.isIndented) this.hide(indented, indented + start.indent.length);
      about.isIndented = true;
      if (line.from === doc.lineAt(node.from).from) about.classes.push("md-line-marked");
    }
  }

  drawListMark(node) {
    const isBullet = this.state.sliceDoc(node.from, node.from + 1) < "0";
    const task = node.node.nextSibling?.name === "Task";
    const isEdited = this.carets.some(({ from, to }) => from === to && from === node.to);
    if (task) this.mark(Decoration.mark({ class: "md-hidden" }), node.from, node.to + 1);
    else if (!isBullet) this.mark(number, node.from, node.to);
    else if (!isEdited) this.mark(bullet, node.from, node.to);
    else this.mark(number, node.from, node.to);
  }

  drawTask(node) {
    const about = this.line(this.state.doc.lineAt(node.from).from);
    const isDone = /x/i.test(this.state.sliceDoc(node.from + 1, node.from + 2));
    about.classes.push("md-line-task");
    if (isDone) about.attributes["data-done"] = "";
  }

  drawTaskMarker(node) {
    if (this.carets.some(({ from, to }) => from < node.to && to > node.from)) return;
    const line = this.state.doc.lineAt(node.from);
    const isDone = /x/i.test(this.state.sliceDoc(node.from + 1, node.from + 2));
    const widget = new Checkbox(isDone, line.text.slice(node.to - line.from).trim(), this.state.readOnly);
    this.marks.push(Decoration.replace({ widget }).range(node.from, node.to));
  }

  drawFencedCode(node, seen) {
    const isEdited = this.touches(node.from, node.to);
    const { doc } = this.state;
    const info = node.node.getChild("CodeInfo");
    const closing = node.node.getChildren("CodeMark")[1];
    for (const line of this.linesOf(node, seen)) {
      const about = this.line(line.from);
      about.classes.push("md-line-code");
      const isOpening = line.from <= node.from;
      const isClosing = closing && line.from <= closing.from && line.to >= closing.to;
      if (isOpening) about.classes.push("md-code-opens");
      if (isClosing || line.to >= node.to) about.classes.push("md-code-closes");
      if (isEdited || (!isOpening && !isClosing)) continue;
      if (isOpening && info) about.attributes["data-language"] = doc.sliceString(info.from, info.to).split(/[\s,{]/)[0];
      this.hide(Math.max(line.from, node.from), line.to);
    }
  }

  drawCodeBlock(node, seen) {
    for (const line of this.linesOf(node, seen)) this.line(line.from).classes.push("md-line-code", "md-code-plain");
  }

  drawTable(node, seen) {
    drawTable(this, node.node, seen);
  }

  drawDirections(seen) {
    const { doc } = this.state;
    for (let at = seen.from; at <= seen.to; ) {
      const line = doc.lineAt(at);
      if (RIGHT_TO_LEFT.test(line.text)) this.line(line.from).attributes.dir = "auto";
      at = line.to + 1;
    }
  }
}

const preview = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.isPressed = false;
      this.carets = [];
      this.draw(view);
    }

    draw(view) {
      this.decorations = new Drawing(view, this.carets).draw();
    }

    update(update) {
      const { view } = update;
      const isReleased = update.transactions.some((one) => one.effects.some((effect) => effect.is(released)));
      const hasParsedOn = syntaxTree(update.startState) !== syntaxTree(update.state);
      const hasAccessChanged = update.startState.readOnly !== update.state.readOnly;
      const isStale = update.docChanged || update.viewportChanged || update.selectionSet || update.focusChanged || isReleased || hasParsedOn;
      if (!isStale && !hasAccessChanged) return;
      // Under a pressed mouse nothing unfolds: the words would slip away from under it, and a click would become a selection.
      if (this.isPressed) this.carets = this.carets.map((range) => range.map(update.changes));
      else this.carets = view.hasFocus && !update.state.readOnly ? update.state.selection.ranges : [];
      this.draw(view);
    }

    press(view) {
      this.isPressed = true;
      const release = () => {
        removeEventListener("pointerup", release, true);
        removeEventListener("pointercancel", release, true);
        removeEventListener("dragend", release, true);
        this.isPressed = false;
        // After the editor's own handlers, which set the selection.
        setTimeout(() => view.dom.isConnected && view.dispatch({ effects: released.of(null) }));
      };
      addEventListener("pointerup", release, true);
      addEventListener("pointercancel", release, true);
      addEventListener("dragend", release, true);
    }
  },
  {
    decorations: (plugin) => plugin.decorations,
    eventHandlers: {
      mousedown(event, view) {
        if (event.button === 0) this.press(view);
      },
    },
  },
);

// A checkbox and the mark before it are one step for the arrow keys.
const steps = EditorView.atomicRanges.of((view) => {
  const ranges = [];
  view.plugin(preview)?.decorations.between(0, view.state.doc.length, (from, to, value) => {
    if (value.spec.widget instanceof Checkbox) ranges.push(Decoration.mark({ class: "" }).range(from, to + 1));
  });
  return Decoration.set(ranges.filter(({ to }) => to <= view.state.doc.length), true);
});

// The cells of a table must enclose every other mark, so these come last.
export const livePreview = [Prec.lowest(preview), steps, EditorView.perLineTextDirection.of(true)];
