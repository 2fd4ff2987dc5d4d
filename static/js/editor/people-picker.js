// The list of people that `@` opens, in the editor and in comment boxes. It asks the server, which names only those who may
// see this post-mortem.
const ASKS_AFTER = 90;

const answers = new Map();
let list = null;
let owner = null;
let people = [];
let chosen = 0;
let timer = 0;

const number = () => document.querySelector("[data-postmortem]")?.dataset.postmortem;

async function ask(query) {
  if (!answers.has(query)) {
    const answer = await fetch(`/postmortems/${number()}/people/?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    answers.set(query, (await answer.json()).people);
  }
  return answers.get(query);
}

// `adapter` is who asks: { field, box(), choose(person) }. The same one may ask again with every letter.
export function offer(adapter, query) {
  owner = adapter;
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const found = await ask(query.trim().toLowerCase()).catch(() => []);
    if (owner !== adapter) return;
    people = found;
    chosen = 0;
    if (people.length) show();
    else hide();
  }, answers.has(query.trim().toLowerCase()) ? 0 : ASKS_AFTER);
}

export function withdraw(adapter) {
  if (owner !== adapter) return;
  clearTimeout(timer);
  owner = null;
  hide();
}

export const isOffering = (adapter) => owner === adapter && Boolean(list?.matches(":popover-open"));

// Whether the key was one for the list.
export function handleKey(adapter, key) {
  if (!isOffering(adapter)) return false;
  if (key === "ArrowDown" || key === "ArrowUp") {
    chosen = (chosen + (key === "ArrowDown" ? 1 : people.length - 1)) % people.length;
    show();
  } else if (key === "Enter" || key === "Tab") {
    choose(people[chosen]);
  } else if (key === "Escape") {
    withdraw(adapter);
  } else return false;
  return true;
}

function choose(person) {
  const adapter = owner;
  withdraw(adapter);
  adapter.choose(person);
}

function hide() {
  if (list?.matches(":popover-open")) list.hidePopover();
  for (const field of document.querySelectorAll("[aria-controls=people-picker]")) {
    field.removeAttribute("aria-controls");
    field.removeAttribute("aria-activedescendant");
  }
}

function show() {
  if (!list) {
    list = document.createElement("ul");
    list.id = "people-picker";
    list.className = "people-picker";
    list.popover = "manual";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "People");
    // The field keeps the focus, and with it the caret.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    document.body.append(list);
  }
  list.replaceChildren(...people.map(optionFor));
  if (!list.matches(":popover-open")) list.showPopover();
  const box = owner.box();
  list.style.setProperty("--picker-x", `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`);
  const below = box.bottom + 4;
  list.style.setProperty("--picker-y", `${below + list.offsetHeight < innerHeight ? below : Math.max(4, box.top - list.offsetHeight - 4)}px`);
  owner.field.setAttribute("aria-controls", "people-picker");
  owner.field.setAttribute("aria-activedescendant", `people-picker-${chosen}`);
}

function optionFor(person, index) {
  const option = document.createElement("li");
  option.id = `people-picker-${index}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", String(index === chosen));
  const avatar = Object.assign(document.createElement("span"), { className: "avatar", textContent: person.initials });
  avatar.dataset.person = person.color;
  avatar.dataset.size = "small";
  avatar.setAttribute("aria-hidden", "true");
  const name = Object.assign(document.createElement("span"), { textContent: person.name });
  const team = Object.assign(document.createElement("span"), { className: "picker-team", textContent: person.team });
  option.append(avatar, name, team);
  option.addEventListener("click", () => choose(person));
  return option;
}
