// One room, shared by every editor of a page: one Y.Doc, one WebSocket, and the truth about what is saved.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

const TRY_AGAIN_AT_ONCE = new Set([1012, 4403]);
const LONGEST_PAUSE = 15_000;
const SILENCE_BEFORE_ASKING = 15_000;
const SILENCE_BEFORE_RECONNECTING = 30_000;
const REFUSALS_BEFORE_ASKING_WHY = 3;

const rooms = new Map();

export function roomOf(number) {
  if (!rooms.has(number)) rooms.set(number, new Room(number));
  return rooms.get(number);
}

// Dispatches "synced" (once), "saving" (the state has changed), "presence", "access" (may_write has changed), "text".
export class Room extends EventTarget {
  constructor(number) {
    super();
    this.number = number;
    this.doc = new Y.Doc();
    this.awareness = new Awareness(this.doc);
    this.me = null;
    this.mayWrite = true;
    this.isSynced = false;
    this.savedAt = null;
    this.lastState = "";
    this.attempts = 0;
    this.refusals = 0;
    this.isRefused = false;
    this.startCounting();
    this.hasUnsent = false;
    this.doc.on("update", (update, origin) => this.whenChanged(update, origin));
    this.awareness.on("update", (changes, origin) => this.whenPresent(changes, origin));
    this.awareness.on("change", () => this.tell("presence"));
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.socket?.close());
    addEventListener("pagehide", () => this.socket?.close(1000));
    addEventListener("pageshow", (event) => event.persisted && this.connect());
    addEventListener("beforeunload", (event) => this.isUnsaved && event.preventDefault());
    setInterval(() => this.lookAfterSilence(), 5_000);
    this.connect();
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  text(name) {
    return this.doc.getText(name);
  }

  // The connection.

  connect() {
    clearTimeout(this.retry);
    if (this.isRefused || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/postmortems/${this.number}/?events=1`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.whenOpen();
    socket.onmessage = (message) => this.hear(message.data);
    socket.onclose = (event) => socket === this.socket && this.whenClosed(event);
    this.wasOpened = false;
    this.socket = socket;
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  startCounting() {
    this.sent = 0;
    this.saved = 0;
    this.heardAt = performance.now();
  }

  whenOpen() {
    this.wasOpened = true;
    this.refusals = 0;
    this.startCounting();
    this.send(SYNC, STEP_1, Y.encodeStateVector(this.doc));
    this.sendPresence([this.doc.clientID]);
    this.showSaving();
  }

  whenClosed(event) {
    if (this.sent > this.saved) this.hasUnsent = true;
    this.startCounting();
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    this.showSaving();
    if (!this.wasOpened && ++this.refusals % REFUSALS_BEFORE_ASKING_WHY === 0) this.askWhyRefused();
    const isExpected = this.wasOpened && TRY_AGAIN_AT_ONCE.has(event.code);
    this.attempts = isExpected ? 0 : this.attempts + 1;
    // Jitter: after a deployment everybody would come back in the same instant.
    const pause = isExpected ? 500 : Math.min(LONGEST_PAUSE, 400 * 2 ** Math.min(this.attempts, 6));
    this.retry = setTimeout(() => this.connect(), pause * (0.3 + Math.random()));
  }

  // A browser does not say why a socket was refused; the page itself does.
  async askWhyRefused() {
    try {
      const answer = await fetch(location.pathname, { method: "HEAD", redirect: "manual" });
      if (answer.ok || answer.status >= 500) return;
      this.isRefused = true;
      clearTimeout(this.retry);
      this.showSaving();
    } catch {
      // Without a network there is nothing to learn.
    }
  }

  lookAfterSilence() {
    if (!this.isOpen) return;
    const silence = performance.now() - this.heardAt;
    if (silence > SILENCE_BEFORE_RECONNECTING) this.socket.close();
    else if (silence > SILENCE_BEFORE_ASKING) this.send(QUERY_AWARENESS);
  }

  // Messages out.

  send(kind, step, payload) {
    if (!this.isOpen) return false;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    if (step !== undefined) encoding.writeVarUint(encoder, step);
    if (payload) encoding.writeVarUint8Array(encoder, payload);
    this.socket.send(encoding.toUint8Array(encoder));
    return true;
  }

  sendChanges(step, update) {
    if (this.send(SYNC, step, update)) this.sent++;
    else this.hasUnsent = true;
    this.showSaving();
  }

  whenChanged(update, origin) {
    if (origin !== this) this.sendChanges(UPDATE, update);
  }

  whenPresent({ added, updated, removed }, origin) {
    if (origin === this || origin === "timeout") return;
    const own = [...added, ...updated, ...removed].filter((client) => client === this.doc.clientID);
    if (own.length) this.sendPresence(own);
  }

  sendPresence(clients) {
    if (this.awareness.getLocalState()) this.send(AWARENESS, undefined, encodeAwarenessUpdate(this.awareness, clients));
  }

  // Messages in.

  hear(data) {
    this.heardAt = performance.now();
    if (typeof data === "string") this.hearNews(JSON.parse(data));
    else this.hearFrame(decoding.createDecoder(new Uint8Array(data)));
  }

  hearFrame(decoder) {
    const kind = decoding.readVarUint(decoder);
    if (kind === AWARENESS) {
      applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
    } else if (kind === SYNC) {
      const step = decoding.readVarUint(decoder);
      const payload = decoding.readVarUint8Array(decoder);
      if (step === STEP_1) this.answer(payload);
      else this.take(step, payload);
    }
  }

  // The server says what it has; whatever it lacks goes back in one message, also what was typed without a network.
  answer(stateVector) {
    this.hasUnsent = false;
    this.sendChanges(STEP_2, Y.encodeStateAsUpdate(this.doc, stateVector));
  }

  take(step, update) {
    Y.applyUpdate(this.doc, update, this);
    if (step !== STEP_2) return;
    this.attempts = 0;
    if (!this.isSynced) {
      this.isSynced = true;
      this.tell("synced");
    }
    this.showSaving();
  }

  hearNews(news) {
    if ("saved" in news) {
      this.saved = news.saved;
      this.showSaving();
    }
    if (news.hello) {
      this.me = news.hello;
      if (this.mayWrite !== news.hello.may_write) {
        this.mayWrite = news.hello.may_write;
        this.tell("access");
      }
    }
    if (news.event) document.body.dispatchEvent(new CustomEvent(news.event, { detail: news, bubbles: true }));
  }

  // What is saved. "Saved" is said only when the server has committed everything that was typed here.

  get isUnsaved() {
    return this.hasUnsent || this.sent > this.saved;
  }

  get state() {
    if (this.isRefused) return "refused";
    if (!this.isOpen || !this.isSynced) return this.isSynced || this.attempts > 1 ? "offline" : "connecting";
    return this.isUnsaved ? "saving" : "saved";
  }

  showSaving() {
    const state = this.state;
    if (state === "saved" && this.lastState === "saving") this.savedAt = new Date();
    if (state === this.lastState && state !== "saved") return;
    this.lastState = state;
    this.tell("saving");
  }

  people() {
    const people = new Map();
    for (const [client, state] of this.awareness.getStates()) {
      const isMe = client === this.doc.clientID;
      const user = isMe ? this.me && { id: this.me.id, name: this.me.name, person: (this.me.id % 8) + 1 } : state.user;
      if (user && (!people.has(user.id) || isMe)) people.set(user.id, { ...user, section: state.section ?? null, isMe });
    }
    return [...people.values()].sort((one, other) => other.isMe - one.isMe || one.name.localeCompare(other.name));
  }
}
