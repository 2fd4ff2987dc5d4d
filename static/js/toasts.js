// Short news in the corner: from Django's messages, from `toast()`, or from an answer's HX-Trigger header:
// {"toast": {"text": "Saved.", "tone": "success"}}. Good news leaves by itself, bad news waits to be dismissed.
const LASTS_MS = 7000;
const area = document.querySelector("[data-toasts]");

export function toast(text, tone = "info") {
  const shown = [...area.querySelectorAll(":scope > .toast p")].some((words) => words.textContent === text);
  if (shown && tone === "danger") return; // While the database is away, every part of a page that asks would say so.
  const element = area.querySelector("template").content.firstElementChild.cloneNode(true);
  const use = element.querySelector("use");
  element.dataset.tone = tone;
  element.setAttribute("role", tone === "danger" ? "alert" : "status");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${tone}`));
  element.querySelector("p").textContent = text;
  area.append(element);
  leaveInTime(element);
}

function leaveInTime(element) {
  if (["danger", "warning"].includes(element.dataset.tone)) return;
  let timer = setTimeout(() => element.remove(), LASTS_MS);
  for (const kind of ["pointerenter", "focusin"]) element.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["pointerleave", "focusout"]) {
    element.addEventListener(kind, () => (timer = setTimeout(() => element.remove(), LASTS_MS)));
  }
}

if (area) {
  for (const element of area.querySelectorAll(":scope > .toast")) leaveInTime(element);
  document.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail.tone));
}
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-toast-close]")) target.closest(".toast").remove();
});
