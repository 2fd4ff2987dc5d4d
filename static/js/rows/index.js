// The lists of a post-mortem's page: edited field by field in their place, added to, moved, and kept as everybody else has
// them. The list is one stop of the Tab key: arrows go from row to row, Enter or F2 edits, Alt and an arrow moves.
import { ask } from "../dialogs.js";
import { isAdding, tryAgain, watchForms } from "./add.js";
import { FieldEditor, editorOf, rawOf } from "./editor.js";
import { watchChoices } from "./choices.js";
import { watchLines } from "./line.js";
import { RowList } from "./list.js";
import { drag, step } from "./move.js";
import { send } from "./send.js";

const page = document.querySelector("[data-rows-page]");
const lists = page ? [...page.querySelectorAll("[data-rows]")].map((element) => new RowList(element)) : [];
const listOf = (element) => lists.find((list) => list.element.contains(element));
const mayWrite = () => page.hasAttribute("data-may-write");
const TOGETHER = { ArrowUp: -1, ArrowDown: 1 };
const STILL = 6;
let wasHere = false;
let pressed = null;

if (page) start();

function start() {
  page.dataset.rowsPage = "live";
  for (const { name, element } of lists) {
    document.body.addEventListener(`${name}Changed`, ({ detail }) => detail?.isHere || listFor(name).fetchAgain({ jitter: true }));
    element.addEventListener("debrief:rows", () => makeReachable(listFor(name)));
    makeReachable(listFor(name));
  }
  for (const name of ["rowChanged", "rowRemoved", "rowsMoved"]) {
    document.body.addEventListener(name, ({ detail }) => hear(detail));
  }
  document.body.addEventListener("debrief:hello", ({ detail }) => greet(detail));
  page.addEventListener("click", whenClicked);
  page.addEventListener("keydown", whenKey);
  page.addEventListener("focusin", whenFocused);
  // Before the focus moves: what opens and folds around the focus must not draw another thing under the pointer.
  page.addEventListener("pointerdown", (event) => {
    pressed = { target: event.target, x: event.clientX, y: event.clientY };
    const grip = event.target.closest("[data-row-move='grip']");
    if (grip && mayWrite()) drag(listOf(grip), grip.closest("[data-row]"), event);
  });
  addEventListener("beforeunload", (event) => {
    if (isAdding() || lists.some((list) => [...list.editors].some((editor) => editor.isUnsaved))) event.preventDefault();
  });
  watchForms(lists);
  watchLines();
  watchChoices();
}

function listFor(name) {
  return lists.find((list) => list.name === name);
}

function hear(news) {
  listFor(news.list)?.take(news);
  // What else the page makes of these rows, such as a block in the text, hears that they are others now.
  document.body.dispatchEvent(new CustomEvent(`${news.list}Changed`, { detail: { isHere: true }, bubbles: true }));
}

// A connection begins: whatever happened before it is fetched, whatever waited for it is sent.
function greet({ may_write: writes }) {
  page.toggleAttribute("data-may-write", writes);
  for (const list of lists) {
    makeReachable(list);
    list.fetchAgain({ jitter: wasHere });
    for (const editor of list.editors) editor.tryAgain();
  }
  tryAgain();
  if (wasHere) for (const name of ["statusChanged", "incidentChanged"]) document.body.dispatchEvent(new CustomEvent(name));
  wasHere = true;
}

// Where the Tab key stops: at one row of a list, and then at the fields of that row.

function makeReachable(list) {
  const { rows } = list;
  if (!rows.includes(list.current)) list.current = rows[0];
  for (const row of rows) {
    const isCurrent = row === list.current && mayWrite();
    if (mayWrite()) row.tabIndex = isCurrent ? 0 : -1;
    else row.removeAttribute("tabindex");
    for (const field of row.querySelectorAll("[data-field]")) reach(field, isCurrent);
  }
}

function reach(field, isCurrent) {
  if (!mayWrite() || "fixed" in field.dataset) {
    for (const name of ["role", "tabindex", "aria-description"]) field.removeAttribute(name);
    return;
  }
  field.tabIndex = isCurrent ? 0 : -1;
  field.setAttribute("role", field.querySelector("a") ? "group" : "button");
  field.setAttribute("aria-description", `${field.dataset.label}. Enter edits it.`);
}

function whenFocused({ target }) {
  const row = target.closest("[data-row]");
  const list = row && listOf(row);
  if (!list || list.current === row) return;
  list.current = row;
  makeReachable(list);
}

// Editing.

function edit(field) {
  if (!mayWrite() || "fixed" in field.dataset) return;
  const open = editorOf(field);
  if ("toggle" in field.dataset) toggle(field);
  else if (open) open.main.focus();
  else new FieldEditor(listOf(field), field);
}

/** A field that is on or off, such as the star: there is nothing to type. */
async function toggle(field) {
  const list = listOf(field);
  const row = field.closest("[data-row]");
  const { field: name } = field.dataset;
  const was = rawOf(field);
  const answer = await send(`${row.dataset.url}edit/field/`, { field: name, [name]: was ? "" : "on", [`seen-${name}`]: was });
  if (answer.html) list.take(answer);
  list.say(row, answer.problems.length ? `Not saved: ${answer.problems.join(" ")}` : was ? "No longer marked" : "Marked");
}

/** What was pressed, which a keyboard's click and a moved pointer do not tell. */
function meant({ target, clientX, clientY, detail }) {
  const isStill = pressed && Math.abs(clientX - pressed.x) + Math.abs(clientY - pressed.y) < STILL;
  return detail > 0 && isStill && pressed.target.isConnected ? pressed.target : target;
}

function whenClicked(event) {
  const target = meant(event);
  const mover = target.closest("[data-row-move]");
  const remover = target.closest("[data-row-remove]");
  const field = target.closest("[data-field]");
  const button = target.closest("button");
  // Pressing it moved the focus, which moved the button away from under the pointer: to the browser it was not clicked.
  if (button && !button.contains(event.target)) button.click();
  else if (remover) {
    event.preventDefault();
    remove(remover);
  } else if (mover && mover.dataset.rowMove !== "grip") step(listOf(mover), mover.closest("[data-row]"), mover.dataset.rowMove);
  else if (field && mayWrite() && isForEditing(event, target, field)) {
    event.preventDefault();
    edit(field);
  }
}

/** Not a link inside the field, not a link opened beside, and not words that somebody marks to copy them. */
function isForEditing({ ctrlKey, metaKey, shiftKey }, target, field) {
  const link = target.closest("a");
  if (link && (link !== field || ctrlKey || metaKey || shiftKey)) return false;
  return getSelection().isCollapsed;
}

async function remove(link) {
  const row = link.closest("[data-row]");
  const list = listOf(row);
  if (!(await ask(link.dataset.rowRemove, "Remove"))) return;
  const answer = await send(link.href ?? link.dataset.rowAddress, {});
  if (answer.status === 200) list.take(answer);
  else list.say(row, `Not removed: ${answer.problems.join(" ")}`);
}

function whenKey(event) {
  const { target, key } = event;
  const row = target.closest("[data-row]");
  if (!row || !mayWrite() || !target.matches("[data-row], [data-field]") || event.isComposing) return;
  const list = listOf(row);
  const by = TOGETHER[key];
  if (by && event.altKey) step(list, row, by < 0 ? "up" : "down");
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (by) list.rows[list.rows.indexOf(row) + by]?.focus();
  else if (key === "*" && row.querySelector("[data-toggle]")) toggle(row.querySelector("[data-toggle]"));
  else if (key === "Enter" || key === "F2" || (key === " " && target !== row)) edit(target === row ? row.querySelector("[data-field='text'], [data-field='title']") : target);
  else return;
  event.preventDefault();
}
