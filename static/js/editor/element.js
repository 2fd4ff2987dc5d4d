// <live-editor room="7" name="summary"> around a working <textarea>: until the room has answered, and wherever it does not,
// the textarea and its form do the work.
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { yCollab } from "y-codemirror.next";
import { attachments } from "./attachments.js";
import { blocks } from "./blocks.js";
import { comments } from "./comments.js";
import { cursors } from "./cursors.js";
import { editorKeys, listKeys } from "./keys.js";
import { links } from "./links.js";
import { looks } from "./looks.js";
import { documentMarkdown } from "./markdown.js";
import { mentions } from "./mentions.js";
import { menus } from "./menu.js";
import { pasting, storable } from "./paste.js";
import { roomOf } from "./room.js";
import { drawBounded, sight } from "./sight.js";
import { slash } from "./slash.js";
import { toolbarFor, toolbarOf } from "./toolbar.js";
import { typing } from "./typing.js";
import { ownUndo } from "./undo.js";
import { words } from "./words.js";

const nonce = () => document.querySelector('meta[name="csp-nonce"]')?.content ?? "";

export class LiveEditor extends HTMLElement {
  connectedCallback() {
    this.room = roomOf(this.getAttribute("room"));
    this.access = new Compartment();
    this.whenSynced = () => this.start();
    this.whenAccess = () => this.view?.dispatch({ effects: this.access.reconfigure(this.accessNow()) });
    this.room.addEventListener("access", this.whenAccess);
    this.room.addEventListener("synced", this.whenSynced);
    if (this.room.isSynced) this.start();
  }

  disconnectedCallback() {
    this.room.removeEventListener("synced", this.whenSynced);
    this.room.removeEventListener("access", this.whenAccess);
    if (this.view) toolbarOf(this)?.leave(this.view);
    this.view?.destroy();
    this.view = null;
    if (this.textarea) this.textarea.hidden = false;
    this.removeAttribute("data-live");
  }

  get textarea() {
    return this.querySelector("textarea");
  }

  get isReadOnly() {
    return this.hasAttribute("readonly") || !this.room.mayWrite;
  }

  start() {
    const text = this.room.text(this.getAttribute("name"));
    const textarea = this.textarea;
    if (this.view) return;
    // A copy on this device may be older than the page: a section that it does not know stays as the page shows it.
    if (this.room.isFromDevice && !text.length && textarea?.defaultValue.trim()) return;
    if (textarea && !this.adoptTyped(textarea, text)) return;
    const hadFocus = textarea && document.activeElement === textarea;
    const label = this.getAttribute("label") ?? this.labelOf(textarea);
    this.view = new EditorView({
      state: this.stateFor(text, textarea, label),
      parent: this,
      dispatchTransactions: drawBounded,
    });
    if (!this.isReadOnly) toolbarOf(this);
    listKeys();
    if (textarea) {
      const at = Math.min(textarea.selectionStart, text.length);
      textarea.hidden = true;
      // The form must not send a state that has long been overtaken.
      textarea.disabled = true;
      if (hadFocus) {
        this.view.focus();
        this.view.dispatch({ selection: { anchor: at } });
      }
    }
    this.showAccess();
    this.setAttribute("data-live", "");
  }

  // Someone quick may have typed into the textarea before the room answered. If nobody else has changed the text since, the
  // words move over; otherwise this section stays a plain form, whose saving merges both.
  adoptTyped(textarea, text) {
    const before = textarea.defaultValue.replace(/\r\n?/g, "\n");
    const typed = storable(textarea.value);
    if (typed === before) return true;
    if (text.toString() !== before) return false;
    let start = 0;
    while (start < before.length && before[start] === typed[start]) start++;
    let end = 0;
    while (end < before.length - start && before.at(-1 - end) === typed.at(-1 - end) && end < typed.length - start) end++;
    text.doc.transact(() => {
      text.delete(start, before.length - start - end);
      text.insert(start, typed.slice(start, typed.length - end));
    });
    return true;
  }

  labelOf(textarea) {
    const heading = textarea?.getAttribute("aria-labelledby");
    const named = heading && document.getElementById(heading)?.firstChild?.textContent.trim();
    return named || textarea?.getAttribute("aria-label") || this.getAttribute("name");
  }

  stateFor(text, textarea, label) {
    const hint = this.getAttribute("placeholder") ?? textarea?.placeholder ?? "";
    const described = textarea?.getAttribute("aria-describedby");
    return EditorState.create({
      doc: text.toString(),
      extensions: [
        EditorState.lineSeparator.of("\n"),
        EditorView.cspNonce.of(nonce()),
        EditorView.lineWrapping,
        EditorView.clipboardInputFilter.of(storable),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-multiline": "true",
          autocapitalize: "sentences",
          autocorrect: "on",
          spellcheck: "true",
          ...(described ? { "aria-describedby": described } : {}),
        }),
        this.access.of(this.accessNow()),
        placeholder(hint || "Write here, or type / for headings, lists, tables and more."),
        documentMarkdown,
        looks,
        ownUndo(text),
        yCollab(text, null, { undoManager: false }),
        cursors(this.room, text, this.getAttribute("name")),
        attachments(this.room, text, this.getAttribute("name"), this),
        blocks(this.room),
        comments(this.room, this.getAttribute("name")),
        mentions,
        menus,
        slash,
        links,
        pasting,
        typing,
        words(this),
        toolbarFor(this, label),
        sight,
        keymap.of([{ key: "Alt-F10", run: () => this.focusToolbar() }, ...editorKeys]),
      ],
    });
  }

  focusToolbar() {
    toolbarOf(this)?.focus();
    return true;
  }

  accessNow() {
    this.showAccess();
    return [EditorState.readOnly.of(this.isReadOnly), EditorView.editable.of(!this.isReadOnly)];
  }

  showAccess() {
    this.toggleAttribute("data-readonly", this.isReadOnly);
  }
}
