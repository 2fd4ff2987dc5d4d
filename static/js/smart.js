// How an action reads while it is typed: the five checks come from the server, a moment after the last key.
// [data-smart-form] names where to ask; the answer goes into its [data-smart-said], or below the field of a row that is edited.
import { send } from "./rows/send.js";

const PAUSE = 350;
const IN_ROWS = ["title", "owner", "due_on", "text"];
const asked = new WeakMap();

for (const name of ["input", "change"]) {
  document.addEventListener(name, ({ target }) => {
    const form = target.closest("[data-smart-form]");
    const box = target.closest("[data-row-editor]");
    if (form) askSoon(form, () => form.dataset.smartForm, () => valuesOf(form));
    else if (IN_ROWS.includes(box?.dataset.rowEditor)) askSoon(box, () => addressFor(box), () => valuesOfRow(box));
  });
}

function askSoon(place, address, values) {
  const query = {};
  clearTimeout(asked.get(place)?.timer);
  query.timer = setTimeout(() => place.isConnected && address() && ask(place, address(), values(), query), PAUSE);
  asked.set(place, query);
}

async function ask(place, address, values, query) {
  const answer = await send(address, values);
  // Somebody typed on meanwhile, or the row is saved already: the answer is to an older question.
  if (asked.get(place) !== query || !place.isConnected) return;
  const said = place.querySelector("[data-smart-said]") ?? (place.matches("[data-row-editor]") && place.appendChild(saidBelow()));
  if (said) said.innerHTML = answer.html ?? "";
}

function valuesOf(form) {
  const inputs = [...form.querySelectorAll("input, select, textarea")].filter((input) => input.name && input.name !== "csrfmiddlewaretoken");
  return Object.fromEntries(inputs.map((input) => [input.name, input.value]));
}

/** The form that adds a row to the same list knows where to ask. */
function addressFor(box) {
  const list = box.closest("[data-rows]")?.dataset.rows;
  return document.querySelector(`[data-row-add="${list}"][data-smart-form]`)?.dataset.smartForm;
}

/** The row as it would be: with what is being typed in place of what is saved. */
function valuesOfRow(box) {
  const row = box.closest("[data-row]");
  const typed = { [box.dataset.rowEditor]: (box.querySelector(`[name="${box.dataset.rowEditor}"]`) ?? box.querySelector("input, select, textarea")).value };
  if (row.querySelector("[data-field='text']")) return { text: typed.text };
  const values = { "action-number": row.dataset.row.split("-").at(-1) };
  for (const name of IN_ROWS.filter((one) => one !== "text")) {
    const field = row.querySelector(`[data-field="${name}"]`);
    values[`action-${name}`] = typed[name] ?? field?.dataset.value ?? field?.textContent ?? "";
  }
  return values;
}

function saidBelow() {
  const said = document.createElement("output");
  said.className = "smart-place";
  said.dataset.smartSaid = "";
  return said;
}
