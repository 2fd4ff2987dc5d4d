// One room, shared by every editor of a page: one Y.Doc, one connection, one store, and the truth about what is saved.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import { reader } from "../device.js";
import { Connection } from "./connection.js";
import { Outbox } from "./outbox.js";
import { passagesIn } from "./passages.js";
import { DocumentStore } from "./store.js";

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const NOTHING = new Uint8Array([0, 0]);

const PROTOCOL = 1;
const PATIENCE_WITH_THE_SERVER = 3_000;
const PERSON_COLOURS = 8;

const rooms = new Map();

export function roomOf(number) {
  if (!rooms.has(number)) rooms.set(number, new Room(number, document.querySelector("[data-postmortem]")?.dataset ?? {}));
  return rooms.get(number);
}

// Dispatches "synced" (the document is here: from the server, or while that does not answer from this device), "saving" (the
// state has changed), "presence", "access" (may_write has changed), "version" (the server has another build), "back" (after an interruption), "stranded" (words
// that cannot be sent have come to light, or are none any more).
export class Room extends EventTarget {
  constructor(number, { room, build }) {
    super();
    this.number = number;
    this.identity = room;
    this.build = build;
    this.doc = new Y.Doc();
    this.awareness = new Awareness(this.doc);
    this.me = null;
    this.mayWrite = true;
    this.hasLostWriting = false;
    this.isSynced = false;
    this.isFromDevice = false;
    this.hasGreeted = this.hasTaken = this.hasAnswered = false;
    this.vector = this.unheard = null;
    this.hasNewVersion = false;
    this.ended = null;
    this.savedAt = null;
    this.lastState = "";
    // What the server does not have: something typed here since `from`, or by earlier pages.
    this.hasUnsent = false;
    this.ownFrom = 0;
    this.inherited = new Map();
    this.strange = [];
    this.store = new DocumentStore({ person: reader(), room, number, title: document.querySelector("h1")?.textContent.trim() }, () => this.owed());
    this.store.addEventListener("kept", () => this.showSaving());
    this.outbox = new Outbox((step, update) => this.send(SYNC, step, update));
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(`${scheme}//${location.host}/ws/postmortems/${number}/?events=1`, () => this.send(QUERY_AWARENESS));
    this.connection.addEventListener("open", () => this.whenOpen());
    this.connection.addEventListener("message", ({ detail }) => this.whenHeard(detail));
    this.connection.addEventListener("closed", () => this.whenClosed());
    this.connection.addEventListener("refused", ({ detail }) => this.end(detail === 404 ? "gone" : detail === 403 ? "gone" : "signed-out"));
    this.connection.addEventListener("waiting", () => this.showSaving());
    this.doc.on("update", (update, origin) => this.whenChanged(update, origin));
    this.awareness.on("update", (changes, origin) => this.whenPresent(changes, origin));
    this.awareness.on("change", () => this.tell("presence"));
    this.stayHere = (event) => event.preventDefault();
    setTimeout(() => this.startFromDevice(), PATIENCE_WITH_THE_SERVER);
    this.loading = this.loadKept().then(() => this.showSaving());
    this.connection.open();
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  text(name) {
    return this.doc.getText(name);
  }

  // What this device has kept.

  async loadKept() {
    const { updates, unsent, strange } = await this.store.load();
    this.strange = strange;
    this.takeKept(updates, unsent);
    this.hasKept = updates.length > 0;
    if (strange.length) this.tell("stranded");
  }

  takeKept(updates, unsent) {
    if (this.ended) return;
    for (const update of updates) Y.applyUpdate(this.doc, update, this.store);
    for (const [client, from] of unsent) {
      if (client === this.doc.clientID) continue;
      this.inherited.set(client, Math.min(from, this.inherited.get(client) ?? from));
      this.hasUnsent = true;
    }
    this.showSaving();
  }

  // While the server does not answer, people go on from what this device has.
  startFromDevice() {
    if (this.isSynced || this.ended || !this.hasKept) return;
    this.isFromDevice = true;
    this.isSynced = true;
    this.tell("synced");
    this.showSaving();
  }

  /** What is written down as unsent beside this page's words. */
  owed() {
    if (!this.isUnsaved || !this.hasOwnWords) return null;
    const client = this.doc.clientID;
    // Words to show where the document is not at hand; gathering them costs too much while they are sent anyway.
    const isLeaving = document.hidden || !this.connection.isOpen;
    const passages = !isLeaving ? [] : passagesIn(this.doc, new Map([[client, this.ownFrom]]));
    return { client, from: this.ownFrom, passages };
  }

  /** What was typed on this device, by this page or before it, and is not known to have arrived. */
  get stranded() {
    const from = new Map(this.inherited).set(this.doc.clientID, this.ownFrom);
    return this.isUnsaved ? passagesIn(this.doc, from) : [];
  }

  /** They were copied, or are not wanted: nothing of this document stays on the device. */
  async forgetStranded() {
    for (const { room } of this.strange) await this.store.forget(room);
    this.strange = [];
    if (this.canSend) return this.tell("stranded");
    this.hasUnsent = false;
    this.outbox.begin();
    this.inherited.clear();
    this.ownFrom = Y.getState(this.doc.store, this.doc.clientID);
    await this.store.forget();
    this.tell("stranded");
    this.showSaving();
  }

  // The connection.

  async whenOpen() {
    const { socket } = this.connection;
    this.unheard = [];
    await this.loading;
    if (this.wasClosed) {
      // Another page of the same person may have gone, and left words that it could not send.
      const { updates, unsent } = await this.store.readNew().catch(() => ({ updates: [], unsent: new Map() }));
      this.takeKept(updates, unsent);
    }
    if (socket !== this.connection.socket) return;
    const { unheard } = this;
    this.unheard = null;
    this.send(SYNC, STEP_1, Y.encodeStateVector(this.doc));
    for (const data of unheard) this.hear(data);
  }

  whenClosed() {
    this.wasClosed = true;
    this.hasGreeted = this.hasTaken = this.hasAnswered = false;
    this.vector = null;
    if (!this.outbox.isEmpty) this.hasUnsent = true;
    this.outbox.begin();
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    this.store.beStrict(true);
    this.loading.then(() => this.startFromDevice());
    this.showSaving();
  }

  /** For good: this page is not to speak with the server again. */
  end(reason) {
    if (this.ended) return;
    this.ended = reason;
    this.mayWrite = false;
    this.connection.end();
    // Nothing but what was typed here and never arrived may stay on the device.
    if (!this.isUnsaved && reason !== "outdated") this.store.forget().then(() => this.store.letGo());
    this.tell("access");
    this.tell("stranded");
    this.showSaving();
  }

  get canSend() {
    return !this.ended && this.mayWrite;
  }

  send(kind, step, payload) {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    if (step !== undefined) encoding.writeVarUint(encoder, step);
    if (payload) encoding.writeVarUint8Array(encoder, payload);
    return this.connection.send(encoding.toUint8Array(encoder));
  }

  whenChanged(update, origin) {
    if (origin === this.store) return;
    if (this.isKept) this.store.keep(update);
    if (origin === this) return;
    this.hasOwnWords = true;
    // Until the first answer, everything typed goes with what the server then asks for.
    if (this.hasAnswered) this.outbox.add(UPDATE, update);
    else this.hasUnsent = true;
    this.showSaving();
  }

  /** Who only reads leaves nothing on the device. */
  get isKept() {
    return this.mayWrite && document.querySelector("live-editor") !== null;
  }

  whenPresent({ added, updated, removed }, origin) {
    if (origin === this || origin === "timeout") return;
    if ([...added, ...updated, ...removed].includes(this.doc.clientID)) this.sendPresence();
  }

  /** Tell where I am: some of {section, cursor, row, reading}. */
  place(part) {
    const mine = this.awareness.getLocalState() ?? {};
    if (Object.entries(part).every(([key, value]) => JSON.stringify(mine[key] ?? null) === JSON.stringify(value ?? null))) return;
    this.awareness.setLocalState({ ...mine, ...part });
  }

  sendPresence() {
    if (this.hasGreeted && this.awareness.getLocalState()) this.send(AWARENESS, undefined, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
  }

  // Messages in.

  whenHeard(data) {
    if (this.unheard) this.unheard.push(data);
    else this.hear(data);
  }

  hear(data) {
    if (this.ended) return;
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
      if (step === STEP_1) this.whenAsked(payload);
      else this.take(step, payload);
    }
  }

  // The server says what it has. What we lack comes first: only then is certain which of our words still hang on something.
  whenAsked(vector) {
    if (this.hasTaken) this.answer(vector);
    else this.vector = vector;
  }

  answer(vector) {
    const lacking = Y.encodeStateAsUpdate(this.doc, vector);
    // Deletions are all in there, every time; with nothing typed and nothing unsent the server knows them.
    const isNews = this.hasUnsent || lacking[0] !== 0;
    this.hasUnsent = false;
    this.hasAnswered = true;
    this.outbox.add(STEP_2, isNews ? lacking : NOTHING);
    this.showSaving();
  }

  take(step, update) {
    Y.applyUpdate(this.doc, update, this);
    if (step !== STEP_2) return;
    this.hasTaken = true;
    this.dropOrphans();
    this.connection.isWell();
    this.store.beStrict(false);
    if (this.vector && this.mayWrite) this.answer(this.vector);
    this.vector = null;
    if (this.wasClosed) this.tell("back");
    if (!this.isSynced || this.isFromDevice) {
      this.isSynced = true;
      this.isFromDevice = false;
      this.tell("synced");
      this.store.fold();
    }
    this.showSaving();
  }

  // Kept words whose beginning was taken off the device in between hang on nothing that anybody has.
  dropOrphans() {
    this.doc.store.pendingStructs = null;
    this.doc.store.pendingDs = null;
  }

  hearNews(news) {
    if (news.hello) {
      this.hearHello(news.hello);
      document.body.dispatchEvent(new CustomEvent("debrief:hello", { detail: news.hello }));
    }
    if ("saved" in news) {
      this.outbox.acknowledge(news.saved);
      if (!this.isUnsaved) this.settle();
      this.showSaving();
    }
    if (news.event) document.body.dispatchEvent(new CustomEvent(news.event, { detail: news, bubbles: true }));
  }

  hearHello({ protocol, build, room, ...me }) {
    this.me = me;
    if (protocol > PROTOCOL) return this.end("outdated");
    if (this.identity && room !== this.identity) return this.end("replaced");
    if (reader() && String(me.id) !== reader()) return this.end("somebody-else");
    this.hasGreeted = true;
    this.sendPresence();
    if (this.build && build !== this.build && !this.hasNewVersion) {
      this.hasNewVersion = true;
      this.tell("version");
    }
    if (this.mayWrite === me.may_write) return;
    this.mayWrite = me.may_write;
    this.hasLostWriting = this.isSynced && !me.may_write;
    this.tell("access");
    this.tell("stranded");
    if (this.mayWrite) this.store.keep(Y.encodeStateAsUpdate(this.doc));
    else if (!this.isUnsaved) this.store.forget();
  }

  // What is saved. "Saved" is said only when the server has committed everything that was typed here.

  get isUnsaved() {
    return this.hasUnsent || !this.outbox.isEmpty;
  }

  get wouldBeLost() {
    return this.isUnsaved && (!this.canSend || this.store.kept !== "device");
  }

  settle() {
    this.ownFrom = Y.getState(this.doc.store, this.doc.clientID);
    this.hasOwnWords = false;
    this.inherited.clear();
    this.store.settle(this.doc.clientID);
  }

  get state() {
    if (this.ended) return "refused";
    if (!this.connection.isOpen || !this.hasTaken) return this.isSynced || this.connection.attempts > 1 ? "offline" : "connecting";
    if (!this.mayWrite) return "readonly";
    return this.isUnsaved ? "saving" : "saved";
  }

  showSaving() {
    const { state } = this;
    if (state === "saved" && this.lastState === "saving") this.savedAt = new Date();
    this.lastState = state;
    // Listened to only while there is a reason: it may keep a page from being restored by the Back button.
    if (this.wouldBeLost) addEventListener("beforeunload", this.stayHere);
    else removeEventListener("beforeunload", this.stayHere);
    this.tell("saving");
  }

  // Everyone here, once each, however many pages they have open; `place` of whoever is doing something wins.
  people() {
    const people = new Map();
    for (const [client, state] of this.awareness.getStates()) {
      const isMe = client === this.doc.clientID;
      const user = isMe ? this.me && { id: this.me.id, name: this.me.name, person: (this.me.id % PERSON_COLOURS) + 1 } : state.user;
      if (!user) continue;
      const { section = null, row = null, cursor = null, reading = false } = state;
      const found = { ...user, client, section, row, cursor, isReading: reading, isMe: isMe || user.id === this.me?.id };
      const known = people.get(user.id);
      if (!known || isMe || (!known.isThisPage && rank(found) > rank(known))) people.set(user.id, { ...found, isThisPage: isMe });
    }
    return [...people.values()].sort((one, other) => other.isMe - one.isMe || one.name.localeCompare(other.name));
  }
}

const rank = ({ cursor, row, section, isReading }) => (cursor ? 4 : row ? 3 : 0) + (section ? 1 : 0) + (isReading ? 0 : 1);
