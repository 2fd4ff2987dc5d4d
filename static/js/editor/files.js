// The files kept beside the document of a room: asked for once, and again when somebody has attached one or a text names one
// that is not known yet. Dispatches "changed".
const known = new Map();
const SOON = 50;

export function filesOf(number) {
  if (!known.has(number)) known.set(number, new Files(number));
  return known.get(number);
}

class Files extends EventTarget {
  constructor(number) {
    super();
    this.address = `/postmortems/${number}/attachments/`;
    this.all = new Map();
    this.wanted = new Set();
    this.missing = new Set();
    this.timer = 0;
    document.body.addEventListener("attachmentsChanged", () => this.ask());
    addEventListener("online", () => this.wanted.size && this.ask());
  }

  /** What is known of a file; null when it is not here, undefined while nobody knows. */
  get(id) {
    if (this.all.has(id)) return this.all.get(id);
    if (this.missing.has(id)) return null;
    this.wanted.add(id);
    this.timer ||= setTimeout(() => this.ask(), SOON);
    return undefined;
  }

  add(file) {
    this.all.set(file.id, file);
    this.missing.delete(file.id);
    this.dispatchEvent(new Event("changed"));
  }

  async ask() {
    clearTimeout(this.timer);
    this.timer = 0;
    const wanted = [...this.wanted];
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      for (const file of (await answer.json()).attachments) {
        this.all.set(file.id, file);
        this.missing.delete(file.id);
      }
    } catch {
      return; // Without a network the pictures wait; "online" asks again.
    }
    for (const id of wanted) {
      this.wanted.delete(id);
      if (!this.all.has(id)) this.missing.add(id);
    }
    this.dispatchEvent(new Event("changed"));
  }
}
