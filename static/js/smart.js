// How an action reads while it is typed: the five checks come from the server, a moment after the last key.
// [data-smart-form] names where to ask; the answer goes into its [data-smart-said].
import { send } from "./rows/send.js";

const PAUSE = 350;
const asked = new WeakMap();

for (const name of ["input", "change"]) {
  document.addEventListener(name, ({ target }) => {
    const form = target.closest("[data-smart-form]");
    if (form) askSoon(form);
  });
}

function askSoon(form) {
  const query = {};
  clearTimeout(asked.get(form)?.timer);
  query.timer = setTimeout(() => ask(form, query), PAUSE);
  asked.set(form, query);
}

async function ask(form, query) {
  const inputs = [...form.querySelectorAll("input, select, textarea")].filter((input) => input.name && input.name !== "csrfmiddlewaretoken");
  const answer = await send(form.dataset.smartForm, Object.fromEntries(inputs.map((input) => [input.name, input.value])));
  // Somebody typed on meanwhile, or the row is added already: the answer is to an older question.
  if (asked.get(form) !== query || !form.isConnected) return;
  const place = form.querySelector("[data-smart-said]");
  if (place) place.innerHTML = answer.html ?? "";
}
