// Markdown that reads like the document it becomes: classes here, their looks in css/components/live-markdown.css.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { livePreview } from "./preview.js";

const words = HighlightStyle.define([
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.emphasis, class: "md-emphasis" },
  { tag: tags.strikethrough, class: "md-struck" },
  { tag: tags.monospace, class: "md-code" },
  { tag: tags.url, class: "md-address" },
  { tag: [tags.processingInstruction, tags.labelName, tags.meta, tags.contentSeparator], class: "md-mark" },
]);

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
  ".cm-line.md-line-item, .cm-line.md-line-quote": { paddingInlineStart: "var(--hang)" },
  ".cm-line.md-line-h1, .cm-line.md-line-h2, .cm-line.md-line-h3, .cm-line.md-line-h4": { paddingBlockStart: "0.55em" },
  ".cm-line.md-line-code": { paddingInline: "var(--space-4)" },
  ".cm-line.md-line-row": { display: "table-row" },
  ".cm-tooltip.cm-tooltip": { border: "1px solid var(--color-line)", background: "var(--color-surface-raised)", zIndex: "var(--z-header)" },
  "live-editor[data-readonly] & .cm-content": { minHeight: "0", paddingInline: "0" },
});

export const looks = [frame, syntaxHighlighting(words), livePreview];
