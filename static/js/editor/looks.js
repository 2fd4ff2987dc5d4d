// Markdown that reads like the document it becomes: classes here, their looks in css/components/live-editor.css.
import { HighlightStyle, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";
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

// CodeMirror's own styles stand outside the cascade layers and so beat ours: what must beat them is said here, in tokens.
const frame = EditorView.theme({
  "&": { color: "var(--color-ink)", fontSize: "var(--text-reading)" },
  "&.cm-focused": { outline: "none" },
  // Lines wrap, so nothing scrolls; and a name at the right edge may stand out over the border.
  ".cm-scroller": { overflow: "visible", fontFamily: "var(--font-text)", lineHeight: "var(--leading-reading)" },
  // Room above the first line for the name over somebody's cursor.
  ".cm-content": { minHeight: "5lh", padding: "var(--space-5) var(--space-4) var(--space-4)", caretColor: "var(--color-ink)" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": { color: "var(--color-ink-faint)" },
  ".cm-line::selection, .cm-line ::selection": { background: "var(--color-accent-line)" },
  ".cm-line.md-line-quote": { paddingInlineStart: "1em" },
  ".cm-line.md-line-code": { paddingInline: "0.75em" },
  "live-editor[data-readonly] & .cm-content": { minHeight: "0", paddingInline: "0" },
});

export const looks = [frame, syntaxHighlighting(words), lines];
