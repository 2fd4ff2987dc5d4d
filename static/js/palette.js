// Ctrl-K or ⌘K: everything on the page that carries data-command, by name. Choosing an entry presses it.
import { nameOf } from "./names.js";

const RECENT = "debrief.palette";
const REMEMBERED = 5;
const palette = document.getElementById("palette");

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("ul");
  const nothing = palette.querySelector("p");
  let matches = [];
  let chosen = 0;

  const commands = () => [...document.querySelectorAll("[data-command]")].map((element) => ({ element, name: nameOf(element) }));
  const recent = () => JSON.parse(localStorage.getItem(RECENT) ?? "[]");

  for (const opener of document.querySelectorAll("[data-dialog-open='palette']")) opener.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    palette.open ? palette.close() : palette.showModal();
  });

  // Emptied when it closes: emptied on opening, it would swallow the first letters of a quick typist.
  palette.addEventListener("close", () => (input.value = ""));
  palette.addEventListener("toggle", () => palette.open && render());

  function render() {
    const words = input.value.toLowerCase();
    const last = recent();
    const rank = ({ name }) => (last.includes(name) ? last.indexOf(name) : REMEMBERED);
    matches = commands()
      .map((command) => ({ ...command, score: fit(command.name.toLowerCase(), words) }))
      .filter(({ score }) => score < Infinity)
      .sort((a, b) => a.score - b.score || rank(a) - rank(b));
    chosen = 0;
    nothing.hidden = matches.length > 0;
    list.replaceChildren(...matches.map(option));
    choose(0);
  }

  function option({ element, name }, index) {
    const item = document.createElement("li");
    item.id = `palette-option-${index}`;
    item.setAttribute("role", "option");
    item.textContent = name;
    if (element.dataset.shortcut) {
      const keys = document.createElement("span");
      keys.className = "palette-where";
      keys.textContent = element.dataset.shortcut;
      item.append(keys);
    }
    item.addEventListener("click", () => press(index));
    item.addEventListener("pointermove", () => choose(index));
    return item;
  }

  function choose(index) {
    if (!matches.length) return input.removeAttribute("aria-activedescendant");
    chosen = (index + matches.length) % matches.length;
    for (const [at, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(at === chosen));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  function press(index) {
    const command = matches[index];
    if (!command) return;
    localStorage.setItem(RECENT, JSON.stringify([command.name, ...recent().filter((name) => name !== command.name)].slice(0, REMEMBERED)));
    palette.close();
    command.element.click();
  }

  input.addEventListener("input", render);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(chosen + step);
    else if (event.key === "Enter") press(chosen);
    else return;
    event.preventDefault();
  });
}

/** How well the letters of `words` are found in `name`, in order; 0 is best, Infinity is not at all. */
function fit(name, words) {
  const at = name.indexOf(words);
  if (at >= 0) return at === 0 || name[at - 1] === " " ? 0 : 1;
  let from = 0;
  for (const letter of words.replaceAll(" ", "")) {
    from = name.indexOf(letter, from) + 1;
    if (!from) return Infinity;
  }
  return 2;
}
