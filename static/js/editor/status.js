// The state of saving, in words that are true: at the head of the page, and near the hand where the head is out of sight.
import { announce, button, make } from "./made.js";
import { strip } from "./strip.js";

const QUIET_BEFORE_SAVED = 350;
const SHOWN_OFFLINE_AFTER = 1_500;
const SPOKEN_AFTER = 1_200;

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const OFFLINE = {
  device: "Offline — kept on this device",
  writing: "Offline — keeping it on this device…",
  page: "Offline — kept in this page only",
};

export const ENDED = {
  "signed-out": "Signed out — nothing more is sent",
  "somebody-else": "Somebody else has signed in here",
  gone: "No longer open to you",
  replaced: "This document has been replaced",
  outdated: "This page is out of date — reload it",
};

const WORDS = {
  connecting: () => "Connecting…",
  saving: () => "Saving…",
  saved: (room) => (room.savedAt ? `Saved ${time.format(room.savedAt)}` : "Everything is saved"),
  offline: (room) => (room.isKept ? OFFLINE[room.store.kept] : "Offline"),
  readonly: (room) => (room.isUnsaved ? "Read only — your last words did not arrive" : room.hasLostWriting ? "Read only — you can no longer write here" : "Read only"),
  refused: (room) => ENDED[room.ended],
};

// Told aloud: what changes what a person can rely on, and never each saving of each word.
const SPOKEN = new Set(["offline", "readonly", "refused"]);

export function showSaving(room) {
  const pill = make("span", { className: "live-state" });
  const wait = make("span", { className: "live-strip-wait" });
  const item = strip.add("saving", pill, wait, button("Try now", () => room.connection.tryNow(), { "data-variant": "quiet" }));
  const voice = make("p", { className: "visually-hidden", role: "status" });
  document.body.append(voice);
  let timer = 0;
  let shown = "";
  let spoken = "saved";
  let offlineSince = 0;

  function show() {
    timer = 0;
    const { state, savedAt } = room;
    const words = WORDS[state](room);
    offlineSince = state === "offline" ? offlineSince || performance.now() : 0;
    showNearby();
    if (words === shown) return;
    shown = words;
    for (const place of [...document.querySelectorAll("[data-live-state]"), pill]) {
      place.dataset.state = state;
      place.textContent = words;
    }
    announce("debrief:saving", { state, savedAt });
    setTimeout(speak, SPOKEN_AFTER);
  }

  function speak() {
    const { state } = room;
    const sort = SPOKEN.has(state) ? WORDS[state](room) : "saved";
    if (sort === spoken || !["saved", ...SPOKEN].includes(state)) return;
    spoken = sort;
    voice.textContent = WORDS[state](room);
  }

  // While somebody writes, or anything is amiss, the words stay in sight.
  let isHeadInSight = true;
  function showNearby() {
    const { state, connection } = room;
    const isLongOffline = state === "offline" && performance.now() - offlineSince > SHOWN_OFFLINE_AFTER;
    const isWriting = document.activeElement?.closest("live-editor") && room.isSynced;
    const pause = connection.retryAt === null ? 0 : connection.retryAt - performance.now();
    item.dataset.pause = state === "offline" && pause > 0 && connection.attempts > 2 ? "long" : "";
    wait.textContent = waiting(pause, connection.reason);
    const isAmiss = state === "offline" || state === "refused" || (state === "readonly" && room.hasLostWriting);
    strip.show(item, isLongOffline || (!isHeadInSight && (isWriting || isAmiss)));
  }

  function waiting(pause, reason) {
    if (reason) return `The server said: ${reason}.`;
    return pause > 1_000 ? `Trying again in ${Math.ceil(pause / 1000)} s.` : "Trying again…";
  }

  const head = document.querySelector("[data-live-state]");
  if (head) new IntersectionObserver(([entry]) => showNearby((isHeadInSight = entry.isIntersecting))).observe(head);
  for (const kind of ["focusin", "focusout"]) document.addEventListener(kind, () => setTimeout(showNearby));
  setInterval(() => room.state === "offline" && showNearby(), 1_000);

  // "Saved" may come a little late, never early: it would flicker with every letter.
  room.addEventListener("saving", () => {
    if (room.state !== "saved") {
      clearTimeout(timer);
      show();
    } else if (WORDS.saved(room) !== shown) {
      clearTimeout(timer);
      timer = setTimeout(show, QUIET_BEFORE_SAVED);
    }
  });
  show();
}

/** The server has another build than this page: it may be loaded anew whenever that suits, and loses nothing by it. */
export function showVersion(room) {
  const show = () => {
    const item = strip.add("version", make("span", { text: "A new version is ready." }));
    item.setAttribute("role", "status");
    item.append(
      button("Reload", () => location.reload(), { "data-variant": "primary" }),
      button("Later", () => strip.show(item, false), { "data-variant": "quiet" }),
    );
    strip.show(item, true);
  };
  room.addEventListener("version", show);
}
