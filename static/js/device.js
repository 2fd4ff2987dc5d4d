// What this browser keeps of documents: one IndexedDB a person, so that a shared computer shows nobody the words of another.
//   documents  room → which document, when it was last in use
//   updates    what the text is made of, in pieces
//   unsent     room and replica → what was typed here and is not known to be at the server
const PREFIX = "debrief-person-";
const DAY = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 30;

export const STORES = ["documents", "updates", "unsent"];
export const reader = () => document.body.dataset.reader ?? "";

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const finished = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });

export function openDevice(person) {
  const request = indexedDB.open(PREFIX + person, 1);
  request.onupgradeneeded = () => {
    const { result } = request;
    result.createObjectStore("documents", { keyPath: "room" }).createIndex("number", "number");
    result.createObjectStore("updates", { autoIncrement: true }).createIndex("room", "room");
    result.createObjectStore("unsent", { keyPath: ["room", "client"] }).createIndex("room", "room");
  };
  return answer(request);
}

/** Every row of some stores, of one room or of all; a room's `updates` come with their keys. */
export async function readRooms(device, room) {
  const transaction = device.transaction(STORES, "readonly");
  const only = room === undefined ? undefined : IDBKeyRange.only(room);
  const rows = (name) => answer(only ? transaction.objectStore(name).index("room").getAll(only) : transaction.objectStore(name).getAll());
  const keys = only ? answer(transaction.objectStore("updates").index("room").getAllKeys(only)) : [];
  const [updates, unsent, updateKeys] = await Promise.all([rows("updates"), rows("unsent"), keys]);
  return { updates, unsent, updateKeys };
}

export async function documentsOn(device, number) {
  const store = device.transaction("documents", "readonly").objectStore("documents");
  return answer(number === undefined ? store.getAll() : store.index("number").getAll(number));
}

export async function unsentOn(device) {
  return answer(device.transaction("unsent", "readonly").objectStore("unsent").getAll());
}

/** Take a room off the device, all of it or nothing. */
export function forgetRoom(device, room) {
  const transaction = device.transaction(STORES, "readwrite");
  transaction.objectStore("documents").delete(room);
  for (const name of ["updates", "unsent"]) {
    const cursor = transaction.objectStore(name).index("room").openKeyCursor(IDBKeyRange.only(room));
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      transaction.objectStore(name).delete(cursor.result.primaryKey);
      cursor.result.continue();
    };
  }
  return finished(transaction);
}

/** Everything of one person. Open pages of hers let go of it by themselves. */
export function forgetPerson(person) {
  return answer(indexedDB.deleteDatabase(PREFIX + person));
}

async function tidyPerson(person, isReader) {
  const device = await openDevice(person);
  device.onversionchange = () => device.close();
  const owed = new Set((await unsentOn(device)).map(({ room }) => room));
  if (!isReader && !owed.size) {
    device.close();
    return forgetPerson(person);
  }
  const before = Date.now() - KEPT_DAYS * DAY;
  for (const { room, usedAt } of await documentsOn(device)) {
    if (!owed.has(room) && (!isReader || usedAt < before)) await forgetRoom(device, room);
  }
  device.close();
}

/** Of others than the reader only what never reached the server stays, and of hers nothing that is long out of use. */
export async function tidyDevice() {
  const names = (await indexedDB.databases?.()) ?? [];
  for (const { name } of names) {
    const person = name?.startsWith(PREFIX) && name.slice(PREFIX.length);
    if (person) await tidyPerson(person, person === reader());
  }
}
