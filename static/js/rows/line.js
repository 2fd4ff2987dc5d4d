// One line while people talk: what the server understands by it is shown before Enter, a moment after the last key.
import { send } from "./send.js";

const PAUSE = 140;
const asked = new WeakMap();

export function watchLines() {
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-line-preview]");
    if (form) askSoon(form);
  });
  document.addEventListener("change", ({ target }) => {
    const form = target.matches("select") && target.closest("form[data-line-preview]");
    if (form) askSoon(form);
  });
  document.addEventListener("rowAdded", ({ target }) => target.matches("form[data-line-preview]") && askSoon(target));
  document.addEventListener("keydown", leave);
}

/** Escape goes from the line to the row above it; what was typed stays. */
function leave({ key, target }) {
  if (key !== "Escape" || !target.matches("[data-line]")) return;
  const rows = target.closest("[data-rows-page]").querySelectorAll("[data-rows='timeline'] [data-row]");
  rows[rows.length - 1]?.focus();
}

function askSoon(form) {
  const query = { words: form.querySelector("[data-line]").value };
  clearTimeout(asked.get(form)?.timer);
  query.timer = setTimeout(() => ask(form, query), PAUSE);
  asked.set(form, query);
  form.querySelector("[data-line]").removeAttribute("aria-invalid");
  if (!query.words.trim()) tell(form, "");
}

async function ask(form, query) {
  if (!query.words.trim()) return;
  const answer = await send(form.dataset.linePreview, Object.fromEntries(new FormData(form)));
  // Somebody typed on meanwhile: the answer is to an older question.
  if (asked.get(form) === query) tell(form, answer.html ?? "");
}

function tell(form, html) {
  const place = form.querySelector("[data-line-understood]");
  if (place) place.innerHTML = html;
}
