// What “/” offers. One line an entry: `name` and `keywords` are searched, `run` gets the view with the caret where the “/”
// stood, and an entry with `isOffered` is there only where that says so. In a table's cell only what `isInline` has room.
import { bulletList, checklist, codeBlock, heading1, heading2, heading3, insertBlock, numberedList, quote } from "./marks.js";
import { canOpenForm, openForm } from "./forms.js";
import { canUpload, chooseImages } from "./pictures.js";
import { insertTable, isInTable } from "./table.js";

// The only block that may also stand within a sentence.
function duration(view) {
  const { state } = view;
  const { head } = state.selection.main;
  const isAlone = !state.doc.lineAt(head).text.trim();
  if (isAlone) return insertBlock(view, "{{duration}}");
  return view.dispatch({ changes: { from: head, insert: "{{duration}}" }, selection: { anchor: head + "{{duration}}".length }, userEvent: "input.block" });
}

const block = (name) => (view) => insertBlock(view, `{{${name}}}`);

const INSERTS = [
  { name: "Heading", icon: "heading", hint: "large", keywords: "title h1", run: heading1 },
  { name: "Subheading", icon: "heading", hint: "medium", keywords: "heading h2", run: heading2 },
  { name: "Small heading", icon: "heading", hint: "small", keywords: "h3", run: heading3 },
  { name: "List", icon: "bullet", keywords: "bullets unordered points", run: bulletList },
  { name: "Numbered list", icon: "number", keywords: "ordered steps", run: numberedList },
  { name: "Checklist", icon: "checklist", keywords: "todo tasks boxes", run: checklist },
  { name: "Quote", icon: "quote", keywords: "blockquote citation", run: quote },
  { name: "Code block", icon: "codeBlock", keywords: "log snippet pre fence", run: codeBlock },
  { name: "Table", icon: "table", keywords: "grid rows columns", run: insertTable },
  { name: "Divider", icon: "divider", keywords: "line rule hr", run: (view) => insertBlock(view, "---") },
  { name: "Timeline event", icon: "event", hint: "opens its form", keywords: "when happened", isOffered: () => canOpenForm("event-add"), run: (view) => openForm("event-add", "Add an event", view) },
  { name: "Action", icon: "action", hint: "opens its form", keywords: "todo follow-up owner", isOffered: () => canOpenForm("action-add"), run: (view) => openForm("action-add", "Add an action", view) },
  { name: "Image", icon: "image", hint: "from this device", keywords: "picture photo screenshot upload file", isInline: true, isOffered: canUpload, run: chooseImages },
  { name: "Duration", icon: "block", hint: "kept up to date", keywords: "data how long", isInline: true, run: duration },
  { name: "Impact", icon: "block", hint: "kept up to date", keywords: "data figures users", run: block("impact") },
  { name: "Timeline", icon: "block", hint: "kept up to date", keywords: "data events", run: block("timeline") },
  { name: "Actions", icon: "block", hint: "kept up to date", keywords: "data follow-ups", run: block("actions") },
  { name: "Mention", icon: "mention", hint: "@", keywords: "person people at", isInline: true, run: mention },
];

// Typed like any other letter, so that whoever listens for it hears it.
function mention(view) {
  const at = view.state.selection.main.head;
  view.dispatch({ changes: { from: at, insert: "@" }, selection: { anchor: at + 1 }, userEvent: "input.type" });
}

export function insertsFor(view) {
  const isNarrow = isInTable(view.state);
  return INSERTS.filter(({ isOffered, isInline }) => (isInline || !isNarrow) && (!isOffered || isOffered(view)));
}
