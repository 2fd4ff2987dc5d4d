// My view goes where another person's goes, until I scroll, type or press Escape.
import { EditorView } from "@codemirror/view";
import { placeIn } from "./cursors.js";
import { button, make } from "./made.js";
import { sectionOf } from "./sections.js";
import { strip } from "./strip.js";

const MARGIN = 180;
const STOPS = ["wheel", "touchmove", "pointerdown", "keydown"];
const HOLDS_NOTHING = new Set(["Shift", "Control", "Alt", "Meta", "Tab"]);

// Dispatches "change". `person` is the id of whoever is followed, or null.
export class Follow extends EventTarget {
  constructor(room) {
    super();
    this.room = room;
    this.person = null;
    this.words = make("span");
    this.item = strip.add("follow", this.words, button("Stop", () => this.stop(), { "data-variant": "quiet", "aria-keyshortcuts": "Escape", title: "Stop following (Escape)" }));
    this.item.setAttribute("role", "status");
    this.whenMine = (event) => this.yieldTo(event);
    room.addEventListener("presence", () => this.go());
  }

  toggle(person) {
    if (this.person === person) this.stop();
    else this.start(person);
  }

  start(person) {
    const followed = this.find(person);
    if (!followed) return;
    this.person = person;
    this.last = "";
    this.words.textContent = `Following ${followed.name}`;
    this.item.dataset.person = followed.person;
    strip.show(this.item, true);
    document.activeElement?.closest("live-editor") && document.activeElement.blur();
    for (const kind of STOPS) addEventListener(kind, this.whenMine, { capture: true, passive: true });
    this.dispatchEvent(new Event("change"));
    this.go();
  }

  stop() {
    if (this.person === null) return;
    this.person = null;
    strip.show(this.item, false);
    for (const kind of STOPS) removeEventListener(kind, this.whenMine, { capture: true });
    this.dispatchEvent(new Event("change"));
  }

  yieldTo(event) {
    if (this.item.contains(event.target)) return;
    if (event.type === "keydown" && HOLDS_NOTHING.has(event.key)) return;
    // Pressing an avatar chooses whom to follow, and is no wish of its own to look elsewhere.
    if (event.type !== "keydown" && event.target.closest?.("[data-live-people], [data-presence]")) return;
    this.stop();
  }

  find(person) {
    return this.room.people().find(({ id, isMe }) => id === person && !isMe);
  }

  go() {
    if (this.person === null) return;
    const followed = this.find(this.person);
    if (!followed) return this.stop();
    const { row, section, cursor } = followed;
    const now = JSON.stringify([row, section, cursor]);
    if (now === this.last) return;
    this.last = now;
    if (row) document.querySelector(`[data-row="${CSS.escape(row)}"]`)?.scrollIntoView({ block: "nearest" });
    else if (!(cursor && this.goToCursor(section, cursor))) this.goToSection(section);
  }

  goToCursor(section, cursor) {
    const view = document.querySelector(`live-editor[name="${CSS.escape(section ?? "")}"]`)?.view;
    const at = view && placeIn(this.room.text(section), cursor.head);
    if (at === null || at === undefined) return false;
    view.dispatch({ effects: EditorView.scrollIntoView(Math.min(at, view.state.doc.length), { y: "nearest", yMargin: MARGIN }) });
    return true;
  }

  goToSection(section) {
    sectionOf(section)?.querySelector("h2")?.scrollIntoView({ block: "start" });
  }
}
