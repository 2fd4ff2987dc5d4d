// A board of actions: cards go to another column by mouse, or by keys; the server says what that asks for. What others move
// is seen within a quarter of a minute: an open board asks for its columns again while it is looked at, and mostly hears
// that they are as they were. Forms marked data-lean leave out of the address what was left empty.
import htmx from "htmx.org";
import { toast } from "./toasts.js";
import { token } from "./token.js";

const EVERY = 15_000;
const board = () => document.querySelector("[data-board]");
const told = () => document.querySelector("[data-board-told]");
let pressed = null;
let dragged = null;
let isAsking = false;
let moved = "";
let words = "";

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form[data-lean]")) return;
  for (const input of target.elements) if (input.name && input.value === "") input.disabled = true;
  addEventListener("pageshow", () => [...target.elements].forEach((input) => (input.disabled = false)), { once: true });
});

if (board()) start();

function start() {
  document.querySelectorAll("[data-needs-script]").forEach((hint) => (hint.hidden = false));
  settle();
  setInterval(() => document.visibilityState === "visible" && refresh(), EVERY);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
  document.addEventListener("boardChanged", () => refresh());
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => (words = ctx.response?.headers.get("X-Moved") ?? words));
  document.addEventListener("pointerdown", ({ target }) => (pressed = target.closest("[data-card]")?.dataset.card));
  document.addEventListener("dragstart", whenDragged);
  document.addEventListener("dragover", whenOver);
  document.addEventListener("drop", whenDropped);
  document.addEventListener("dragend", endDrag);
  document.addEventListener("keydown", whenKey);
  document.addEventListener("focusin", ({ target }) => target.matches("[data-card-link]") && keep(target));
  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".board-move select") || !target.value) return;
    move(target.closest("[data-card]"), target.value);
    target.value = "";
  });
}

// Keeping it as it is.

async function refresh() {
  // Nothing moves under a hand, or behind a question that is being answered.
  if (dragged || isAsking || document.querySelector("#dialog-outlet dialog[open]") || document.activeElement?.matches(".board-move select")) return;
  isAsking = true;
  try {
    const headers = { "HX-Request": "true", "If-None-Match": `"${board().dataset.etag}"` };
    const answer = await fetch(location.href, { headers, cache: "no-store" });
    if (answer.status === 200 && !answer.headers.has("HX-Redirect")) draw(await answer.text());
  } catch {
    return; // Away for a moment: it asks again.
  } finally {
    isAsking = false;
  }
  if (words) tell();
  words = "";
}

/** Of a card that left for a place further down, or that fits the filter no more, it is said where all can see it. */
function tell() {
  if (board().querySelector(`[data-card="${moved}"]`)) told().textContent = words;
  else toast(`${words} It is not among the cards shown here.`);
}

function draw(html) {
  if (dragged) return;
  const before = new Map(cards().map((card) => [card.dataset.card, columnOf(card)]));
  const at = document.activeElement?.closest("[data-card]");
  const place = at && { column: columnOf(at), index: [...at.parentElement.children].indexOf(at) };
  const made = document.createElement("template");
  made.innerHTML = html;
  board().replaceWith(made.content.querySelector("[data-board]"));
  settle();
  for (const card of cards()) {
    const was = before.get(card.dataset.card);
    if (was !== columnOf(card)) card.dataset.arrived = "";
  }
  const still = at && board().querySelector(`[data-card="${at.dataset.card}"]`);
  if (still) linkOf(still).focus({ preventScroll: true });
  else if (at) linkOf(nextTo(place))?.focus();
}

/** The card that stands now where one left that is no longer among the first of any column. */
function nextTo({ column, index }) {
  const left = [...board().querySelectorAll(`[data-column="${column}"] [data-card]`)];
  return left[Math.min(index, left.length - 1)] ?? cards()[0];
}

const linkOf = (card) => card?.querySelector("[data-card-link]");

const cards = () => [...board().querySelectorAll("[data-card]")];
const columnOf = (card) => card.closest("[data-column]").dataset.column;
const mayMove = () => board()?.hasAttribute("data-may-move");

// By keys: the board is one stop of Tab.

function settle() {
  board().dataset.scripted = "";
  const links = board().querySelectorAll("[data-card-link]");
  links.forEach((link, place) => reach(link, place === 0));
}

function reach(link, is) {
  link.tabIndex = is ? 0 : -1;
  const select = link.closest("[data-card]").querySelector(".board-move select");
  if (select) select.tabIndex = is ? 0 : -1;
}

function keep(link) {
  board().querySelectorAll("[data-card-link][tabindex='0']").forEach((other) => reach(other, false));
  reach(link, true);
}

function whenKey(event) {
  if (event.key === "Escape" && event.target.matches?.(".board-move select")) return linkOf(event.target.closest("[data-card]")).focus();
  if (!event.target.matches?.("[data-card-link]") || event.altKey || event.ctrlKey || event.metaKey) return;
  const card = event.target.closest("[data-card]");
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key.toLowerCase() === "m" && mayMove()) card.querySelector(".board-move select").focus();
  else if (sideways && event.shiftKey && mayMove()) moveAside(card, sideways);
  else if (sideways) goAside(card, sideways);
  else if (event.key === "ArrowDown") card.nextElementSibling?.querySelector("[data-card-link]").focus();
  else if (event.key === "ArrowUp") card.previousElementSibling?.querySelector("[data-card-link]").focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function neighbour(card, step) {
  const columns = [...board().querySelectorAll("[data-column]")];
  return columns[columns.indexOf(card.closest("[data-column]")) + step];
}

function goAside(card, step) {
  const place = [...card.parentElement.children].indexOf(card);
  for (let column = neighbour(card, step); column; column = step < 0 ? column.previousElementSibling : column.nextElementSibling) {
    const there = [...column.querySelectorAll("[data-card]")];
    if (there.length) return there[Math.min(place, there.length - 1)].querySelector("[data-card-link]").focus();
  }
}

function moveAside(card, step) {
  const column = neighbour(card, step);
  if (column) move(card, column.dataset.column);
}

// By mouse.

function whenDragged(event) {
  const card = event.target.closest?.("[data-card][draggable]");
  if (!card) return;
  // A board that scrolled or was drawn anew since the press has another card under the hand: nobody meant that one.
  if (card.dataset.card !== pressed) return event.preventDefault();
  dragged = card;
  card.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector("[data-card-link]").href);
}

function whenOver(event) {
  const column = dragged && event.target.closest?.("[data-column]");
  board().querySelectorAll("[data-over]").forEach((other) => other !== column && delete other.dataset.over);
  if (!column) return;
  event.preventDefault();
  column.dataset.over = "";
}

function whenDropped(event) {
  const column = dragged && event.target.closest?.("[data-column]");
  if (!column) return;
  event.preventDefault();
  const card = dragged;
  endDrag();
  if (column.dataset.column !== columnOf(card)) move(card, column.dataset.column);
}

function endDrag() {
  if (dragged) delete dragged.dataset.dragged;
  dragged = null;
  board()?.querySelectorAll("[data-over]").forEach((column) => delete column.dataset.over);
}

/** The card stays where it is until the server has said that it moved. */
async function move(card, to) {
  const url = card.querySelector(".board-move").action;
  moved = card.dataset.card;
  card.dataset.moving = "";
  try {
    const answer = await fetch(url, { method: "POST", headers: { "HX-Request": "true", "X-CSRFToken": token() }, body: new URLSearchParams({ to }) });
    if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
    if (answer.status === 204) {
      words = answer.headers.get("X-Moved") ?? "";
      await refresh();
    } else if ([200, 422].includes(answer.status)) show(await answer.text());
    else toast(answer.status === 404 ? "It is no longer there, or no longer open to you." : "That was refused. Reload to see where things stand.", "danger");
  } catch {
    toast("The server cannot be reached. Nothing was moved; try again when you are back online.", "danger");
  } finally {
    delete card.dataset.moving;
  }
}

function show(html) {
  const outlet = document.getElementById("dialog-outlet");
  const back = document.activeElement;
  outlet.innerHTML = html;
  htmx.process(outlet);
  const dialog = outlet.querySelector("dialog");
  dialog.removeAttribute("data-open-on-load");
  dialog.addEventListener("close", () => back?.isConnected && back.focus(), { once: true });
  dialog.showModal();
  dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
}
