// Keys for a long list of lines with ticks, [data-sift]: j and k (and the arrows, within it) walk, x sets the line aside
// or takes it and goes on to the next, e words it otherwise. Where a line was edited in its place, the focus returns to it.
const TYPING = "input:not([type='checkbox']), textarea, select, [contenteditable], dialog[open]";
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
const list = document.querySelector("[data-sift]");
let edited = "";

const rows = () => [...list.querySelectorAll("[data-sift-row]")].filter(handle);
const handle = (row) => row.querySelector("input[name='take']:not(:disabled)") ?? row.querySelector("[data-sift-edit]");
const here = () => document.activeElement.closest("[data-sift-row]");

function go(by) {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  handle(next).focus({ focusVisible: true });
  next.scrollIntoView({ block: "nearest" });
}

function toggle(row) {
  const tick = row.querySelector("input[name='take']:not(:disabled)");
  tick?.click();
  if (tick) go(1);
}

function whenKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.(TYPING)) return;
  if (localStorage.getItem("debrief.shortcuts") === "off") return;
  const row = here();
  if (key.startsWith("Arrow") && !row) return;
  if (STEPS[key]) go(STEPS[key]);
  else if (key === "x") row ? toggle(row) : go(1);
  else if (key === "e" && row) row.querySelector("[data-sift-edit]")?.click();
  else return;
  event.preventDefault();
}

function whenSwapped() {
  const field = list.querySelector("form [name$='text']");
  if (field && !list.contains(document.activeElement)) field.focus();
  if (field) edited = field.closest("li").id;
  else if (edited && !list.contains(document.activeElement)) {
    const row = document.getElementById(edited);
    edited = "";
    if (row) handle(row)?.focus({ focusVisible: true });
  }
}

if (list) {
  document.addEventListener("keydown", whenKey);
  document.addEventListener("htmx:after:swap", whenSwapped);
}
