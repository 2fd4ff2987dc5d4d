// The grid of impact and effort. It shows what the rows of the candidates say, and moves them: by dragging, by Shift and an
// arrow, by a tap on a card and one on its place. It is one stop of Tab, within which arrows go from card to card. Whoever moves last wins; the others see who it was.
import { send } from "./rows/send.js";
import { toast } from "./toasts.js";

const STEPS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
const MIDDLE = 3;
const PAUSE = 250;
const SHOWN = 5000;
const STILL = 6;
const EDGE = 80;
const STRIDE = 24;
const within = (step) => Math.min(5, Math.max(1, step));
const keyOf = ({ impact, effort }) => `${impact}/${effort}`;

class Grid {
  constructor(figure, list) {
    Object.assign(this, { figure, list, moves: new Map(), places: new Map(), chosen: null });
    this.page = figure.closest("[data-rows-page]");
    this.tray = figure.querySelector("[data-grid-unplaced]");
    this.said = figure.querySelector("[data-grid-said]");
    this.cards = new Map([...figure.querySelectorAll("[data-card]")].map((card) => [card.dataset.card, card]));
    figure.dataset.grid = "live";
    for (const name of ["debrief:rows", "debrief:row"]) list.addEventListener(name, () => this.draw());
    figure.addEventListener("keydown", (event) => this.whenKey(event));
    figure.addEventListener("focusin", () => this.reach());
    figure.addEventListener("click", (event) => this.whenClicked(event));
    figure.addEventListener("pointerdown", (event) => this.whenPressed(event));
    figure.addEventListener("dragstart", (event) => event.preventDefault());
    this.draw();
  }

  get mayMove() {
    return this.page.hasAttribute("data-may-write");
  }

  // Drawing.

  draw() {
    const focused = this.figure.contains(document.activeElement) ? document.activeElement : null;
    const rows = [...this.list.querySelectorAll("[data-row]")];
    for (const row of rows) this.drawCard(row);
    for (const [name, card] of this.cards) if (!rows.some((row) => row.dataset.row === name)) this.forget(name, card);
    this.tray.parentElement.hidden = this.tray.childElementCount === 0;
    if (focused?.isConnected && focused !== document.activeElement) focused.focus();
    this.reach();
  }

  get reachable() {
    return [...this.figure.querySelectorAll("a[data-card]")];
  }

  /** Tab comes to the card that had the focus last, else to the first. */
  reach() {
    const cards = this.reachable;
    const here = cards.find((card) => card === document.activeElement) ?? cards.find((card) => card.dataset.card === this.last) ?? cards[0];
    this.last = here?.dataset.card;
    for (const card of cards) card.tabIndex = card === here ? 0 : -1;
  }

  drawCard(row) {
    const name = row.dataset.row;
    const place = this.moves.get(name)?.place ?? placeOf(row);
    const home = this.homeOf(place, row.dataset.state);
    const card = this.cards.get(name) ?? this.make(name);
    dress(card, row, this.mayMove);
    if (!home) return card.remove();
    if (card.parentElement !== home) put(card, home);
    this.tell(card, row, place);
  }

  make(name) {
    const card = document.createElement("a");
    card.className = "weigh-card";
    card.dataset.card = name;
    card.append(document.createElement("b"), " ", document.createElement("span"));
    this.cards.set(name, card);
    return card;
  }

  homeOf({ impact, effort }, state) {
    if (impact) return this.figure.querySelector(`.weigh-cell[data-impact="${impact}"][data-effort="${effort}"]`);
    return state === "open" ? this.tray : null;
  }

  /** What somebody else has moved shows by whom for a while, and is read aloud. */
  tell(card, row, place) {
    const name = row.dataset.row;
    const before = this.places.get(name);
    this.places.set(name, keyOf(place));
    if (before === undefined || before === keyOf(place) || this.moves.has(name)) return;
    const by = row.dataset.placedBy;
    card.dataset.movedBy = by;
    clearTimeout(card.leaving);
    card.leaving = setTimeout(() => delete card.dataset.movedBy, SHOWN);
    this.say(`${by} moved ${card.textContent}: ${inWords(place)}`);
  }

  forget(name, card) {
    card.remove();
    this.cards.delete(name);
    this.places.delete(name);
  }

  say(words) {
    this.said.textContent = words;
  }

  // Moving.

  rowOf(card) {
    return this.list.querySelector(`[data-row="${card.dataset.card}"]`);
  }

  move(card, place) {
    const row = this.rowOf(card);
    const now = this.moves.get(row.dataset.row)?.place ?? placeOf(row);
    if (!this.mayMove || "fixed" in card.dataset || keyOf(place) === keyOf(now)) return;
    clearTimeout(this.moves.get(row.dataset.row)?.timer);
    const move = { place };
    move.timer = setTimeout(() => this.send(row, move), PAUSE);
    this.moves.set(row.dataset.row, move);
    delete card.dataset.movedBy;
    this.draw();
    this.say(`${card.textContent}: ${inWords(place)}`);
  }

  async send(row, move) {
    const answer = await send(`${row.dataset.url}place/`, move.place);
    if (answer.problems.length) toast(`Not moved: ${answer.problems.join(" ")}`, "danger");
    if (answer.html) document.body.dispatchEvent(new CustomEvent("rowChanged", { detail: answer }));
    // A newer move of the same card is on its way: that one decides.
    if (this.moves.get(row.dataset.row) === move) this.moves.delete(row.dataset.row);
    this.draw();
  }

  // Keys.

  whenKey(event) {
    const card = event.target.closest("[data-card]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step && event.shiftKey) this.step(card, step);
    else if (step) this.go(card, step);
    else if (event.key === "Delete" || event.key === "Backspace") this.move(card, { impact: "", effort: "" });
    else if (event.key === "Escape") this.choose(null);
    else return;
    event.preventDefault();
  }

  /** To the nearest card on that side; one that lies straight ahead is nearer than one aside. */
  go(card, [up, right]) {
    const from = middleOf(card);
    const ahead = this.reachable
      .map((other) => ({ other, x: middleOf(other).x - from.x, y: middleOf(other).y - from.y }))
      .map(({ other, x, y }) => ({ other, along: right * x - up * y, aside: Math.abs(right ? y : x) }))
      .filter(({ along }) => along > STILL);
    ahead.sort((one, two) => one.along + 2 * one.aside - two.along - 2 * two.aside);
    ahead[0]?.other.focus();
  }

  step(card, [up, right]) {
    const row = this.rowOf(card);
    const { impact, effort } = this.moves.get(row.dataset.row)?.place ?? placeOf(row);
    if (!impact) return this.move(card, { impact: MIDDLE, effort: MIDDLE });
    const place = { impact: within(impact + up), effort: within(effort + right) };
    if (keyOf(place) === keyOf({ impact, effort })) return this.say("It is at the edge.");
    return this.move(card, place);
  }

  // Pointers: a mouse drags; a finger, which scrolls, taps the card and then its place.

  whenClicked(event) {
    const card = event.target.closest("[data-card]");
    const cell = event.target.closest(".weigh-cell, .weigh-tray");
    if (card && card !== this.chosen) {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (!this.wasDragged) this.choose(card);
    } else if (card) {
      event.preventDefault();
      this.choose(null);
    } else if (this.chosen && cell) {
      this.move(this.chosen, placeOf(cell));
      this.choose(null);
    }
    this.wasDragged = false;
  }

  choose(card) {
    if (this.chosen) delete this.chosen.dataset.chosen;
    this.chosen = card && this.mayMove && !("fixed" in card.dataset) ? card : null;
    if (this.chosen) this.chosen.dataset.chosen = "";
    this.figure.toggleAttribute("data-choosing", this.chosen !== null);
    card?.focus();
  }

  whenPressed(event) {
    this.wasDragged = false;
    const card = event.target.closest("[data-card]");
    if (!card || event.button !== 0 || event.pointerType === "touch" || !this.mayMove || "fixed" in card.dataset) return;
    const start = { x: event.pageX, y: event.pageY };
    const over = ({ pageX, pageY, clientX, clientY }) => {
      if (!("dragged" in card.dataset) && Math.hypot(pageX - start.x, pageY - start.y) < STILL) return;
      card.dataset.dragged = "";
      scrollAtTheEdge(clientY);
      card.style.translate = `${pageX - start.x}px ${pageY - start.y}px`;
      this.mark(this.under(clientX, clientY));
    };
    const end = (ending) => {
      for (const [name, act] of Object.entries(acts)) removeEventListener(name, act, true);
      this.drop(card, ending);
    };
    const escape = (key) => key.key === "Escape" && end(key);
    const acts = { pointermove: over, pointerup: end, pointercancel: end, keydown: escape };
    for (const [name, act] of Object.entries(acts)) addEventListener(name, act, true);
  }

  drop(card, { type, clientX, clientY }) {
    if (!("dragged" in card.dataset)) return;
    const cell = type === "pointerup" ? this.under(clientX, clientY) : null;
    delete card.dataset.dragged;
    card.style.translate = "";
    this.mark(null);
    this.wasDragged = type === "pointerup";
    if (cell) this.move(card, placeOf(cell));
    card.focus();
  }

  under(x, y) {
    const cell = document.elementFromPoint(x, y)?.closest(".weigh-cell, .weigh-tray");
    return cell && this.figure.contains(cell) ? cell : null;
  }

  mark(cell) {
    for (const other of this.figure.querySelectorAll("[data-over]")) if (other !== cell) delete other.dataset.over;
    if (cell) cell.dataset.over = "";
  }
}

function middleOf(card) {
  const { x, y, width, height } = card.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}

/** Of a row, or of a cell: numbers, or twice nothing. */
function placeOf({ dataset: { impact, effort } }) {
  return impact ? { impact: Number(impact), effort: Number(effort) } : { impact: "", effort: "" };
}

/** What lies beyond the window comes into it while a card is held at its edge. */
function scrollAtTheEdge(y) {
  if (y < EDGE) scrollBy(0, -STRIDE);
  else if (y > innerHeight - EDGE) scrollBy(0, STRIDE);
}

function inWords({ impact, effort }) {
  return impact ? `impact ${impact} of 5, effort ${effort} of 5` : "not placed";
}

function dress(card, row, mayMove) {
  const text = row.querySelector("[data-field='text']").textContent;
  const isFixed = !mayMove || row.dataset.state === "taken";
  card.querySelector("b").textContent = row.dataset.row.split("-").at(-1);
  card.querySelector("span").textContent = text;
  card.title = text;
  card.dataset.state = row.dataset.state;
  card.toggleAttribute("data-fixed", isFixed);
  if (!card.matches("a")) return;
  card.href = `#${row.id}`;
  card.setAttribute("role", isFixed ? "img" : "button");
  card.setAttribute("aria-label", `${row.dataset.row.split("-").at(-1)} ${text}: ${inWords(placeOf(row))}`);
  if (!isFixed) card.setAttribute("aria-describedby", "grid-how");
  card.setAttribute("draggable", "false");
}

/** Among its neighbours by number. */
function put(card, home) {
  const number = ({ dataset }) => Number(dataset.card.split("-").at(-1));
  const next = [...home.children].find((other) => other.dataset.card && other !== card && number(other) > number(card));
  home.insertBefore(card, next ?? null);
}

for (const figure of document.querySelectorAll("[data-grid]")) {
  const list = document.querySelector("[data-rows='candidates'] [data-rows-list]");
  if (list) new Grid(figure, list);
}
