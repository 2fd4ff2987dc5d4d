// Who is here: as avatars at the head of the document, and as a list beside it that says where they are. Pressing one follows.
import { announce, make, sync } from "./made.js";
import { headingOf } from "./stranded.js";

const MOST_AVATARS = matchMedia("(max-width: 52rem)").matches ? 3 : 6;
const MOST_LISTED = 8;
const ROWS = { event: "an event of the timeline", action: "an action", cause: "a cause", item: "an agenda item" };

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

export function whereabouts({ row, cursor, section, isReading }) {
  const heading = headingOf(section);
  if (row) return `editing ${ROWS[row.split("-")[0]] ?? "a row"}`;
  if (cursor && heading) return `writing in ${heading}`;
  if (isReading) return heading ? `reading ${heading}` : "reading";
  return heading ? `at ${heading}` : "";
}

export function showPresence(room, follow) {
  let shown = "";
  const show = () => {
    const people = room.people();
    const now = JSON.stringify([people, follow.person]);
    if (now === shown) return;
    shown = now;
    announce("debrief:presence", { people });
    for (const place of document.querySelectorAll("[data-live-people]")) showAvatars(place, people, follow);
    for (const list of document.querySelectorAll("[data-presence]")) showList(list, people, follow);
  };
  room.addEventListener("presence", show);
  room.addEventListener("saving", show);
  follow.addEventListener("change", show);
  document.addEventListener("htmx:after:swap", () => {
    shown = "";
    show();
  });
}

function showAvatars(place, people, follow) {
  const others = people.filter((person) => !person.isMe);
  if (!place.firstElementChild) place.append(make("ul", { className: "avatar-stack live-people", "aria-label": "Here now" }), moreMenu());
  const [stack, menu] = place.children;
  sync(stack, others.slice(0, MOST_AVATARS), keyOf, (person) => make("li", {}, avatarButton(person, follow)), (item, person) => updateAvatar(item.firstElementChild, person, follow));
  const hidden = others.slice(MOST_AVATARS);
  menu.hidden = !hidden.length;
  menu.querySelector("summary").textContent = `+${hidden.length}`;
  menu.querySelector("summary").setAttribute("aria-label", `${hidden.length} more people are here`);
  sync(menu.querySelector("ul"), hidden, keyOf, (person) => itemFor(person, follow), (item, person) => updateItem(item, person, follow));
}

const keyOf = ({ id }) => id;

function moreMenu() {
  return make("details", { className: "menu live-people-more", "data-align": "start", hidden: "" }, make("summary", { className: "avatar-more" }), make("div", { className: "menu-panel" }, make("ul")));
}

function avatarButton(person, follow) {
  const made = make("button", { type: "button", className: "avatar", "data-person": person.person, text: initials(person.name) });
  made.addEventListener("click", () => follow.toggle(person.id));
  return made;
}

function updateAvatar(avatar, person, follow) {
  const where = whereabouts(person);
  const isFollowed = follow.person === person.id;
  const words = `${person.name}${where ? `, ${where}` : ""}`;
  avatar.title = isFollowed ? `${words} (you follow)` : words;
  avatar.setAttribute("aria-label", `Follow ${words}`);
  avatar.setAttribute("aria-pressed", isFollowed);
  avatar.toggleAttribute("data-reading", person.isReading);
}

function showList(list, people, follow) {
  const isAlone = people.length < 2;
  const things = isAlone ? [...people, { id: "nobody" }] : people.length > MOST_LISTED + 1 ? [...people.slice(0, MOST_LISTED), { id: "more", people: people.slice(MOST_LISTED) }] : people;
  for (const child of [...list.children]) if (!child.dataset.key) child.remove();
  sync(list, things, keyOf, (thing) => listItem(thing, follow), (item, thing) => updateListItem(item, thing, follow));
}

function listItem(thing, follow) {
  if (thing.id === "nobody") return make("li", { className: "quiet", text: "Nobody else is here." });
  if (thing.id !== "more") return itemFor(thing, follow);
  return make("li", {}, make("details", { className: "details" }, make("summary"), make("ul", { className: "presence" })));
}

function updateListItem(item, thing, follow) {
  if (thing.id === "nobody") return;
  if (thing.id !== "more") return updateItem(item, thing, follow);
  item.querySelector("summary").textContent = `${thing.people.length} more`;
  sync(item.querySelector("ul"), thing.people, keyOf, (person) => itemFor(person, follow), (inner, person) => updateItem(inner, person, follow));
}

function itemFor(person, follow) {
  const avatar = make("span", { className: "avatar", "data-person": person.person, "aria-hidden": "true", text: initials(person.name) });
  const words = make("span", { className: "presence-words" }, make("span", { className: "presence-name" }), make("span", { className: "presence-where" }));
  if (person.isMe) return make("li", {}, make("span", { className: "person" }, avatar, words));
  const made = make("button", { type: "button", className: "person presence-follow" }, avatar, words);
  made.addEventListener("click", () => follow.toggle(person.id));
  return make("li", {}, made);
}

function updateItem(item, person, follow) {
  const where = whereabouts(person);
  item.querySelector(".presence-name").textContent = person.isMe ? `${person.name} (you)` : person.name;
  item.querySelector(".presence-where").textContent = person.isMe ? "" : where;
  item.querySelector(".avatar").toggleAttribute("data-reading", person.isReading);
  if (person.isMe) return;
  const made = item.firstElementChild;
  made.setAttribute("aria-pressed", follow.person === person.id);
  made.setAttribute("aria-label", `Follow ${person.name}${where ? `, ${where}` : ""}`);
  made.title = person.name;
}
