// The passages of open threads, and where each stands in the document now. An anchor names a passage's first and last
// letter; the server keeps it, and looks for lost words in the same way (postmortems/passages.py).
import * as Y from "yjs";

const SETTLES_AFTER = 60;
const known = new WeakMap();

export function passagesOf(room) {
  if (!known.has(room)) known.set(room, new Passages(room));
  return known.get(room);
}

const byItem = ([client, clock], assoc) => Y.createRelativePositionFromJSON({ item: { client, clock }, assoc });

// Dispatches "change" when threads came or went, or the text around them moved; "open" with a thread to be shown.
export class Passages extends EventTarget {
  constructor(room) {
    super();
    this.room = room;
    this.marks = [];
    this.active = null;
    this.lastSeen = new Map();
    this.found = new Map();
    room.doc.on("afterTransaction", () => this.settle());
    room.addEventListener("synced", () => this.settle());
    this.read();
  }

  // The page's part says which threads there are; it is fetched anew whenever somebody says something.
  read() {
    const part = document.querySelector("[data-discussion]");
    const read = part?.dataset.passages ?? "[]";
    if (read === this.lastRead) return;
    this.lastRead = read;
    this.marks = JSON.parse(read);
    this.settle();
  }

  settle() {
    this.found.clear();
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      this.dispatchEvent(new Event("change"));
    }, SETTLES_AFTER);
  }

  open(thread, { focus = false } = {}) {
    this.activate(thread);
    this.dispatchEvent(new CustomEvent("open", { detail: { thread, focus } }));
  }

  activate(thread) {
    if (this.active === thread) return;
    this.active = thread;
    this.settle();
  }

  place(text, id, assoc) {
    const found = Y.createAbsolutePositionFromRelativePosition(byItem(id, assoc), text.doc);
    return found && found.type === text ? found.index : null;
  }

  spanOf(mark, text, words) {
    const from = this.place(text, mark.anchor.first, 0);
    const to = this.place(text, mark.anchor.last, -1);
    if (from === null || to === null) return null;
    if (to > from && words.slice(from, to).trim()) {
      this.lastSeen.set(mark.thread, words.slice(from, to));
      return { thread: mark.thread, from, to };
    }
    for (const wording of [this.lastSeen.get(mark.thread), ...mark.words]) {
      const start = wording ? words.indexOf(wording, Math.max(0, from - wording.length)) : -1;
      if (start >= 0 && start <= from) return { thread: mark.thread, from: start, to: start + wording.length };
    }
    return null;
  }

  // In the order of the text; looked for once, whoever asks, until something changes.
  spansIn(section) {
    if (!this.found.has(section)) this.found.set(section, this.lookIn(section));
    return this.found.get(section);
  }

  lookIn(section) {
    const text = this.room.text(section);
    const words = text.toString();
    const spans = this.marks.filter((mark) => mark.section === section).map((mark) => this.spanOf(mark, text, words));
    return spans.filter(Boolean).sort((one, other) => one.from - other.from || one.to - other.to);
  }

  isLost(thread) {
    const mark = this.marks.find((one) => one.thread === thread);
    return mark ? !this.spansIn(mark.section).some((span) => span.thread === thread) : null;
  }

  anchorAt(section, from, to) {
    const text = this.room.text(section);
    const id = ({ item: { client, clock } }) => [client, clock];
    const first = Y.createRelativePositionFromTypeIndex(text, from, 0);
    const last = Y.createRelativePositionFromTypeIndex(text, to, -1);
    return { first: id(first), last: id(last) };
  }
}
