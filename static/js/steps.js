// j and k walk through the links marked [data-step], as in a list of mails; Enter opens the one in focus.
const KEYS = { j: 1, k: -1 };
const TYPING = "input:not([type='radio']), textarea, select, [contenteditable], .cm-editor, dialog[open]";

document.addEventListener("keydown", (event) => {
  const by = KEYS[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  const steps = [...document.querySelectorAll("[data-step]")];
  if (!steps.length || localStorage.getItem("debrief.shortcuts") === "off") return;
  event.preventDefault();
  const at = steps.indexOf(document.activeElement);
  steps[Math.min(Math.max(at + by, 0), steps.length - 1)].focus();
});
