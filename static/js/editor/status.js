// Around the editors: who is here, what is saved, and news for the parts of the page that the server renders.
const QUIET_BEFORE_SAVED = 350;
const TEXT_NEWS_AFTER = 1_200;

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const WORDS = {
  connecting: () => "Connecting…",
  saving: () => "Saving…",
  saved: (room) => (room.savedAt ? `Saved ${time.format(room.savedAt)}` : "Everything is saved"),
  offline: () => "Offline — your text is kept in this page",
  refused: () => "This page is no longer open to you. Copy what you typed last, then reload.",
};

function announce(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

export function watch(room) {
  showSaving(room);
  showPresence(room);
  tellOfTexts(room);
}

function showSaving(room) {
  let timer = 0;
  const show = () => {
    const { state, savedAt } = room;
    announce("debrief:saving", { state, savedAt });
    for (const place of document.querySelectorAll("[data-live-state]")) {
      place.dataset.state = state;
      place.setAttribute("role", "status");
      place.textContent = WORDS[state](room);
    }
  };
  // "Saved" may come a little late, never early: it would flicker with every letter.
  room.addEventListener("saving", () => {
    clearTimeout(timer);
    if (room.state === "saved") timer = setTimeout(show, QUIET_BEFORE_SAVED);
    else show();
  });
  show();
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => word?.[0] ?? "").join("").toUpperCase();
}

function headingOf(section) {
  const heading = section && document.getElementById(section)?.querySelector("h2");
  return heading?.firstChild?.textContent.trim() ?? "";
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function itemFor(person) {
  const item = document.createElement("li");
  const who = element("span", "person", "");
  const avatar = element("span", "avatar", initials(person.name));
  avatar.dataset.person = person.person;
  avatar.setAttribute("aria-hidden", "true");
  who.append(avatar, element("span", "", person.isMe ? `${person.name} (you)` : person.name));
  item.append(who);
  const where = headingOf(person.section);
  if (where) item.append(element("span", "presence-where", where));
  return item;
}

function showPresence(room) {
  let shown = "";
  const show = () => {
    const people = room.people();
    const now = JSON.stringify(people);
    if (now === shown) return;
    shown = now;
    announce("debrief:presence", { people });
    for (const list of document.querySelectorAll("[data-presence]")) {
      const items = people.map(itemFor);
      if (people.length < 2) items.push(element("li", "quiet", "Nobody else is here."));
      list.replaceChildren(...items);
    }
  };
  room.addEventListener("presence", show);
  room.addEventListener("saving", show);
}

// Someone who reads gets fresh paragraphs from the server: `textChanged`, with the text's name, a moment after the change.
function tellOfTexts(room) {
  const changed = new Set();
  let timer = 0;
  const tell = () => {
    timer = 0;
    for (const name of changed) announce("textChanged", { name });
    changed.clear();
  };
  room.doc.on("afterTransaction", (transaction) => {
    if (!room.isSynced) return;
    for (const type of transaction.changed.keys()) {
      const name = [...room.doc.share].find(([, shared]) => shared === type)?.[0];
      if (name) changed.add(name);
    }
    if (changed.size && !timer) timer = setTimeout(tell, TEXT_NEWS_AFTER);
  });
}
