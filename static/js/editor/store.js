// One document as this device keeps it. What is typed is written here too, and "kept on this device" is true only once
// IndexedDB has said so; where it cannot, the words are in this page alone.
import * as Y from "yjs";
import { documentsOn, finished, forgetRoom, openDevice, readRooms, STORES } from "../device.js";
import { passagesIn } from "./passages.js";

const PAUSE_OFFLINE = 80;
// With a network the server has most words before this is over, and nothing need be written down as unsent.
const PAUSE_ONLINE = 1_000;
const PAUSE_AFTER_FAILURE = 5_000;
const LONGEST_OPENING = 1_500;
const ROWS_BEFORE_FOLDING = 40;

const within = (promise, milliseconds) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("the device does not answer")), milliseconds))]);

// Dispatches "kept" when what it holds, or whether it can hold anything, has changed.
export class DocumentStore extends EventTarget {
  /** `owed` says what of this page the server is not known to have: {client, from, passages}, or null. */
  constructor({ person, room, number, title }, owed) {
    super();
    this.person = person;
    this.room = room;
    this.number = number;
    this.title = title;
    this.owed = owed;
    this.device = null;
    this.hasFailed = !person || !room;
    this.isGone = this.hasFailed;
    this.isStrict = false;
    this.waiting = [];
    this.isWriting = false;
    this.inherited = [];
    this.lastKey = 0;
    addEventListener("pagehide", () => this.write());
    document.addEventListener("visibilitychange", () => document.hidden && this.write());
  }

  /** What earlier pages left: {updates, unsent (replica → first clock), strange (words for a room that is no more)}. */
  async load() {
    const nothing = { updates: [], unsent: new Map(), strange: [] };
    if (this.isGone) return nothing;
    try {
      this.device = await within(openDevice(this.person), LONGEST_OPENING);
      this.device.onversionchange = () => this.letGo();
      this.device.onclose = () => this.letGo();
      const found = await within(this.readNew(), LONGEST_OPENING);
      return { ...found, strange: await this.takeStrange() };
    } catch {
      this.letGo();
      return nothing;
    }
  }

  /** What was written since the last look, by this page or by another of the same person. */
  async readNew() {
    if (!this.device) return { updates: [], unsent: new Map() };
    const { updates, unsent, updateKeys } = await readRooms(this.device, this.room);
    const fresh = updates.filter((_, index) => updateKeys[index] > this.lastKey);
    this.lastKey = updateKeys.at(-1) ?? this.lastKey;
    this.rowCount = updates.length;
    this.inherited = unsent;
    return { updates: fresh.map(({ data }) => data), unsent: new Map(unsent.map(({ client, from }) => [client, from])) };
  }

  // A document of the same number from a database that is no more: its words are handed over, never merged.
  async takeStrange() {
    const words = [];
    for (const { room } of await documentsOn(this.device, this.number)) {
      if (room === this.room) continue;
      const { updates, unsent } = await readRooms(this.device, room);
      const found = passagesIn(replicaOf(updates), new Map(unsent.map(({ client, from }) => [client, from])));
      if (found.length) words.push({ room, passages: found });
      else await forgetRoom(this.device, room);
    }
    return words;
  }

  letGo() {
    this.device?.close();
    this.device = null;
    this.isGone = this.hasFailed = true;
    this.waiting = [];
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("kept"));
  }

  /** "device": all of it is written. "writing": it soon will be. "page": it cannot be. */
  get kept() {
    if (this.hasFailed) return "page";
    return this.waiting.length || this.isWriting ? "writing" : "device";
  }

  keep(update) {
    if (this.isGone) return;
    this.waiting.push(update);
    this.writeSoon(this.isStrict ? PAUSE_OFFLINE : PAUSE_ONLINE);
  }

  /** Without a network: sooner, and down to the disk. */
  beStrict(isStrict) {
    this.isStrict = isStrict;
    if (isStrict && this.waiting.length) this.writeSoon(0);
  }

  writeSoon(pause) {
    if (this.isWriting || (this.timer && this.pause <= pause)) return;
    clearTimeout(this.timer);
    this.pause = pause;
    this.timer = setTimeout(() => this.write(), pause);
  }

  async write() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.waiting.length || this.isWriting || !this.device) return;
    const taken = this.waiting;
    this.waiting = [];
    this.isWriting = true;
    try {
      await this.writeDown(taken.length === 1 ? taken[0] : Y.mergeUpdates(taken));
      this.hasFailed = false;
    } catch {
      // Full, or forbidden: the words stay here, and are tried again.
      this.waiting.unshift(...taken);
      this.hasFailed = true;
    }
    this.isWriting = false;
    if (this.waiting.length) this.writeSoon(this.hasFailed ? PAUSE_AFTER_FAILURE : this.isStrict ? PAUSE_OFFLINE : PAUSE_ONLINE);
    this.tell();
  }

  async writeDown(data) {
    const { room, number, title } = this;
    const transaction = this.device.transaction(STORES, "readwrite", { durability: this.isStrict ? "strict" : "relaxed" });
    const usedAt = Date.now();
    transaction.objectStore("documents").put({ room, number, title, usedAt });
    transaction.objectStore("updates").add({ room, data });
    const owed = this.owed();
    // The stamp tells one writing from the next; no clock does, for it may be set back.
    if (owed) transaction.objectStore("unsent").put({ ...owed, room, number, title, usedAt, stamp: Math.random() });
    this.hasOwed ||= Boolean(owed);
    await finished(transaction);
  }

  /** The server has everything: what this page and those before it left is no longer owed. */
  async settle(client) {
    const { inherited } = this;
    this.inherited = [];
    if (!this.device || (!this.hasOwed && !inherited.length)) return;
    this.hasOwed = false;
    const transaction = this.device.transaction("unsent", "readwrite");
    const store = transaction.objectStore("unsent");
    store.delete([this.room, client]);
    for (const row of inherited) {
      // Another page of the same person may have written on since we looked.
      const now = store.get([this.room, row.client]);
      now.onsuccess = () => now.result?.stamp === row.stamp && store.delete([this.room, row.client]);
    }
    await finished(transaction).catch(() => {});
    this.tell();
  }

  /** Many small pieces become one, without what has been deleted since. */
  async fold() {
    if (!this.device || (this.rowCount ?? 0) < ROWS_BEFORE_FOLDING) return;
    const { room } = this;
    const transaction = this.device.transaction("updates", "readwrite");
    const store = transaction.objectStore("updates");
    const rows = store.index("room").getAll(IDBKeyRange.only(room));
    const keys = store.index("room").getAllKeys(IDBKeyRange.only(room));
    keys.onsuccess = () => {
      for (const key of keys.result) store.delete(key);
      store.add({ room, data: Y.encodeStateAsUpdate(replicaOf(rows.result)) });
    };
    this.rowCount = 1;
    await finished(transaction).catch(() => {});
  }

  /** Nothing of this document, or of a strange `room`, stays on the device. */
  async forget(room = this.room) {
    if (room === this.room) this.waiting = [];
    if (this.device) await forgetRoom(this.device, room).catch(() => {});
  }
}

export function replicaOf(updates) {
  const replica = new Y.Doc();
  for (const { data } of updates) Y.applyUpdate(replica, data);
  return replica;
}
