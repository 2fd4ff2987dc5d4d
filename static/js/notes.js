// While an incident goes on, its page shows the notes of others as they write them: it asks every few seconds while it is
// looked at, with what it shows, and mostly hears that nothing is new. Only what is new is put in: a line that somebody is
// typing stays as it is, and a screen reader says the new ones alone.
const EVERY = 4000;
const part = () => document.querySelector("[data-notes-open]");
let isAsking = false;

async function ask() {
  const here = part();
  if (!here || isAsking || document.visibilityState !== "visible") return;
  isAsking = true;
  try {
    const headers = { "HX-Request": "true", "If-None-Match": `"${here.dataset.notes}"` };
    const answer = await fetch(here.dataset.notesUrl, { headers, cache: "no-store" });
    if (answer.status === 200 && !answer.headers.has("HX-Redirect")) show(await answer.text());
  } catch {
    // Away for a moment: it asks again.
  } finally {
    isAsking = false;
  }
}

function show(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const [now, then] = [made.content.querySelector("[data-notes]"), part()];
  if (!now || !then) return;
  const list = then.querySelector(".note-list");
  let before = null;
  for (const note of now.querySelectorAll(".note-list > li")) {
    const known = document.getElementById(note.id);
    if (!known) {
      note.dataset.arrived = "";
      before ? before.after(note) : list.prepend(note);
    }
    before = known ?? note;
  }
  list.hidden = list.childElementCount === 0;
  if (!list.hidden) then.querySelector("[data-notes-none]")?.remove();
  then.querySelector("[data-notes-count]").textContent = list.childElementCount;
  then.dataset.notes = now.dataset.notes;
  if (!now.hasAttribute("data-notes-open")) end(then);
}

/** It is over: what somebody was typing stays in sight, to be taken elsewhere. */
function end(then) {
  then.removeAttribute("data-notes-open");
  const form = then.querySelector("form");
  if (form && !form.querySelector("[name='line']").value.trim()) form.remove();
}

// Whoever notes quickly types the next line while the last one is on its way: the answer brings a new form and must not take
// it away. What was sent leaves the field at once, and comes back if nothing came of it.
const field = () => document.querySelector(".note-form [name='line']");
let underway = null;

function send({ detail: { ctx } }) {
  if (!ctx.sourceElement?.matches?.(".note-form")) return;
  underway = { ctx, from: field(), line: field().value, ahead: "", hadFocus: false };
  field().value = "";
}

function keepAhead({ detail: { ctx } }) {
  if (ctx === underway?.ctx && field() === underway.from) Object.assign(underway, { ahead: field().value, hadFocus: document.activeElement === field() });
}

function settle({ detail: { ctx } }) {
  if (ctx !== underway?.ctx) return;
  const now = field();
  if (now) {
    const words = now === underway.from ? [underway.line, now.value] : [now.value, underway.ahead];
    now.value = words.filter(Boolean).join(" ");
    if (underway.hadFocus) now.focus();
  }
  underway = null;
}

if (part()) {
  document.addEventListener("htmx:before:request", send);
  document.addEventListener("htmx:before:swap", keepAhead);
  document.addEventListener("htmx:after:swap", settle);
  document.addEventListener("htmx:finally:request", settle);
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
