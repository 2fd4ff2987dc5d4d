// Markdown that reads like the document it becomes: classes here, their looks in css/components/live-editor.css.
import { HighlightStyle, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const words = HighlightStyle.define([
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.emphasis, class: "md-emphasis" },
  { tag: tags.strikethrough, class: "md-struck" },
  { tag: tags.monospace, class: "md-code" },
  { tag: [tags.link, tags.url], class: "md-link" },
  { tag: tags.quote, class: "md-quote" },
  { tag: [tags.processingInstruction, tags.labelName, tags.meta], class: "md-mark" },
  { tag: tags.contentSeparator, class: "md-rule" },
]);

const LINES = {
  ATXHeading1: "md-line-h1",
  ATXHeading2: "md-line-h2",
  ATXHeading3: "md-line-h3",
  ATXHeading4: "md-line-h4",
  ATXHeading5: "md-line-h4",
  ATXHeading6: "md-line-h4",
  SetextHeading1: "md-line-h1",
  SetextHeading2: "md-line-h2",
  FencedCode: "md-line-code",
  CodeBlock: "md-line-code",
  Blockquote: "md-line-quote",
  Table: "md-line-table",
  ListItem: "md-line-item",
};

function lineClasses(view) {
  const classes = new Map();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        const name = LINES[node.name];
        if (!name) return;
        const first = Math.max(node.from, from);
        for (let line = view.state.doc.lineAt(first); line.from <= Math.min(node.to, to); line = view.state.doc.line(line.number + 1)) {
          classes.set(line.from, new Set([...(classes.get(line.from) ?? []), name]));
          if (line.number === view.state.doc.lines) break;
        }
      },
    });
  }
  const builder = new RangeSetBuilder();
  for (const from of [...classes.keys()].sort((one, other) => one - other)) {
    builder.add(from, from, Decoration.line({ class: [...classes.get(from)].join(" ") }));
  }
  return builder.finish();
}

const lines = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = lineClasses(view);
    }

    update(update) {
      const hasParsedOn = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || hasParsedOn) this.decorations = lineClasses(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const looks = [syntaxHighlighting(words), lines];
