// What belongs together on a page with causes and candidates: the causes to choose from are those of the list, a changed cause
// is told by every row that names it, and a link marked data-fetch-dialog opens as a dialog.
import htmx from "htmx.org";

const SETTLES = 400;
const CHOICES = "select[data-cause-options]";
const causes = document.querySelector("[data-rows='causes']");
let timer;

if (causes) {
  causes.addEventListener("debrief:rows", renewChoices);
  // A form that was emptied for the next row has the choices that there were when the page came.
  document.addEventListener("submit", ({ target }) => keepChoice(target.id, target.querySelector(CHOICES)?.value), { capture: true });
  document.addEventListener("debrief:row", ({ target }) => target.matches("[data-row^='cause-']") && tellSoon());
  renewChoices();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-fetch-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  htmx.ajax("GET", link.href, { target: "#dialog-outlet", swap: "innerHTML" });
});

function keepChoice(formId, chosen) {
  setTimeout(() => {
    renewChoices();
    const select = document.getElementById(formId)?.querySelector(`[data-row-carry] ${CHOICES}`);
    if (select && chosen) select.value = chosen;
  });
}

function renewChoices() {
  const rows = [...causes.querySelectorAll("[data-row]")];
  const wanted = rows.map((row) => [row.dataset.row.split("-").at(-1), row.querySelector("[data-field='text']").textContent]);
  for (const select of document.querySelectorAll(CHOICES)) {
    const chosen = select.value;
    select.replaceChildren(select.options[0], ...wanted.map(([value, text]) => new Option(text, value)));
    select.value = wanted.some(([value]) => value === chosen) ? chosen : "";
  }
}

function tellSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const name of ["candidatesChanged", "actionsChanged"]) document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }, SETTLES);
}
