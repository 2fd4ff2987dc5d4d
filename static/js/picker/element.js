// <people-picker>: the text input in it takes names without a script; with one it searches, and what is sent are ids. Words
// that nobody was chosen for are sent as they stand: the server understands them, or asks who is meant.
import { ask, known, learn, recall } from "./ask.js";
import { faceOf, fold, icon, made } from "./looks.js";
import { List } from "./list.js";

const ASKS_AFTER = 110;
const SAYS_SO_AFTER = 350;
const SEVERAL = /[,;]/;
const ROLES = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false" };

class PeoplePicker extends HTMLElement {
  constructor() {
    super();
    this.turn = 0;
    this.addEventListener("keydown", (event) => this.input && this.whenKey(event));
    this.addEventListener("input", (event) => event.target === this.input && this.whenTyped());
    this.addEventListener("click", (event) => this.input && this.whenClicked(event));
    this.addEventListener("focusout", (event) => this.input && this.whenLeft(event));
    this.addEventListener("paste", (event) => this.isMany && this.whenPasted(event));
    this.addEventListener("change", (event) => event.target.closest(".picker-offer") && this.whenAnswered(event));
  }

  connectedCallback() {
    this.wake();
  }

  disconnectedCallback() {
    this.list?.close();
    this.forgetQuestion();
  }

  /** What the server wrote becomes a picker; so does a copy of one. */
  wake() {
    const box = this.querySelector(".picker-box");
    if (this.input || !box || !this.dataset.url) return;
    for (const old of this.querySelectorAll("[data-made]")) old.remove();
    this.box = box;
    this.input = box.querySelector(".picker-input");
    this.isMany = "many" in this.dataset;
    for (const [name, value] of Object.entries(ROLES)) this.input.setAttribute(name, value);
    this.name = this.dataset.sentAs ??= this.input.name;
    if (this.isMany) this.wakeMany();
    else this.wakeOne();
    this.list = new List(this, (person) => this.choose(person));
  }

  wakeOne() {
    this.mark = this.box.querySelector(".picker-mark");
    this.input.removeAttribute("name");
    this.sent = Object.assign(document.createElement("input"), { type: "hidden", name: this.name });
    this.sent.dataset.made = "";
    this.clearer = this.button("picker-clear", "Nobody", () => this.clear());
    this.box.append(this.clearer);
    this.append(this.sent);
    const { value, name } = this.dataset;
    // A browser that goes back may have put older words in.
    this.take(value ? { ...readFace(this.mark), value, name } : null, value ? name : this.input.value);
  }

  wakeMany() {
    const chips = [...this.box.querySelectorAll(".picker-chip")];
    const people = chips.map((chip) => ({ ...readFace(chip), value: chip.querySelector("input").value, name: chip.dataset.name }));
    for (const chip of chips) chip.remove();
    for (const person of people) this.addChip(person);
  }

  button(className, label, act) {
    const button = made("button", className);
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.made = "";
    button.setAttribute("aria-label", label);
    button.append(icon("close"));
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      act();
    });
    return button;
  }

  // What others ask of it, as of any input.

  get value() {
    return this.isMany ? this.input.value : (this.sent?.value ?? "");
  }

  set value(value) {
    this.wake();
    this.take(known(value) ?? null, value);
  }

  /** As a person reads it. */
  get words() {
    return this.input.value;
  }

  focus(how) {
    this.input?.focus(how);
  }

  select() {
    this.input.select();
  }

  /** Show this person, or the words that stand for nobody yet. */
  take(person, words = "") {
    this.wake();
    if (person) learn(person);
    this.person = this.before = person;
    this.input.value = person ? person.name : words;
    this.settle();
  }

  /** The one whom a place of the page shows, with their face. */
  takeFrom(place, value) {
    const name = place.querySelector(".person > span:last-child")?.textContent ?? "";
    this.take(value ? { ...readFace(place), value, name } : null);
  }

  settle() {
    const { person, input } = this;
    const words = input.value.trim();
    this.sent.value = person ? person.value : words;
    this.dataset.value = person?.value ?? "";
    this.dataset.name = person?.name ?? "";
    this.toggleAttribute("data-loose", !person && words !== "");
    this.mark.replaceChildren(...(person ? [faceOf(person)] : words ? [made("span", "picker-unsure", "?")] : []));
    this.clearer.hidden = words === "" || "required" in this.dataset;
  }

  tell() {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  clear() {
    this.take(null);
    this.tell();
    this.input.focus();
    this.search();
  }

  // Several.

  get chips() {
    return [...this.box.querySelectorAll(".picker-chip")];
  }

  addChip(person) {
    learn(person);
    const chip = made("span", "picker-chip");
    chip.dataset.name = person.name;
    const sent = Object.assign(document.createElement("input"), { type: "hidden", name: this.name, value: person.value });
    chip.append(sent, faceOf(person), made("span", "", person.name), this.button("picker-remove", `Remove ${person.name}`, () => this.removeChip(chip)));
    this.input.before(chip);
  }

  removeChip(chip) {
    chip.remove();
    this.list.said.textContent = `${chip.dataset.name} removed.`;
    this.tell();
    this.input.focus();
    if (this.list.isOpen) this.search();
  }

  get chosen() {
    return new Set(this.isMany ? this.chips.map((chip) => chip.querySelector("input").value) : [this.person?.value].filter(Boolean));
  }

  // Searching. An answer to letters that are no longer there is thrown away.

  get query() {
    return this.person ? "" : this.input.value.trim().toLowerCase();
  }

  open() {
    this.search();
  }

  forgetQuestion() {
    this.turn += 1;
    this.isAsking = false;
    clearTimeout(this.asking);
    clearTimeout(this.saying);
    this.request?.abort();
  }

  search() {
    this.forgetQuestion();
    const words = this.query;
    if (this.isMany && SEVERAL.test(words)) return this.list.tell("Several names: they are looked up when it is saved.");
    const found = recall(this.dataset.url, words);
    if (found) return this.show(found, words);
    const { turn } = this;
    this.isAsking = true;
    this.asking = setTimeout(() => this.ask(words, turn), this.list.isOpen || words ? ASKS_AFTER : 0);
    this.saying = setTimeout(() => this.list.wait(), ASKS_AFTER + SAYS_SO_AFTER);
  }

  async ask(words, turn) {
    this.request = new AbortController();
    try {
      const found = await ask(this.dataset.url, words, this.request.signal);
      if (turn === this.turn) this.show(found, words);
    } catch (error) {
      if (turn !== this.turn) return;
      this.forgetQuestion();
      this.list.fail(error instanceof TypeError ? "The server cannot be reached." : error.message);
    }
  }

  show(found, words) {
    this.forgetQuestion();
    if (!this.contains(document.activeElement)) return;
    const left = (this.dataset.without ?? "").split(" ");
    const rows = found.filter(({ value }) => !left.includes(value));
    this.list.show(rows, { words, chosen: this.chosen, isSearch: words !== "" });
    // Whoever types faster than the network pressed Enter before the answer was here.
    if (this.isAwaited && rows.length) this.choose(rows[0]);
    this.isAwaited = false;
  }

  choose(person) {
    if (this.isMany) this.toggle(person);
    else {
      this.take(person);
      this.close();
      this.list.said.textContent = `${person.name} chosen.`;
    }
    this.querySelectorAll(".picker-offer").forEach((offer) => !this.isMany && offer.remove());
    this.tell();
    this.input.focus();
  }

  toggle(person) {
    const chip = this.chips.find((one) => one.querySelector("input").value === person.value);
    const hadWords = this.input.value !== "";
    this.input.value = "";
    if (chip) chip.remove();
    else this.addChip(person);
    if (hadWords) this.close();
    else this.search();
    this.list.said.textContent = `${person.name} ${chip ? "removed" : "added"}.`;
  }

  close() {
    this.forgetQuestion();
    this.isAwaited = false;
    this.list.close();
  }

  // Typing, keys, presses.

  whenTyped() {
    this.isAwaited = false;
    if (!this.isMany) {
      this.person = null;
      this.settle();
    }
    if (this.input.value.trim() || this.list.isOpen || !this.isMany) this.search();
  }

  /** A column of names: an input would run its lines together. */
  whenPasted(event) {
    const lines = event.clipboardData.getData("text").split(/\s*\n\s*/).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    this.input.setRangeText(lines.join(", "), this.input.selectionStart, this.input.selectionEnd, "end");
    this.whenTyped();
  }

  whenClicked(event) {
    if (event.target.closest(".picker-list, .picker-offer, button") || this.input.disabled) return;
    this.input.focus();
    if (this.person && !this.list.isOpen) this.input.select();
    if (!this.list.isOpen) this.search();
  }

  whenKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.target.closest(".picker-chip")) this.whenKeyOnChip(event);
    else if (event.target === this.input && this.does(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Whether the key was one for the picker; the dialog or the row around it does not hear of those. */
  does({ key, altKey, shiftKey }) {
    const { list, input } = this;
    const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (list.isOpen) list.step(key === "ArrowDown" ? 1 : -1);
      else if (!altKey || key === "ArrowDown") this.search();
      return true;
    }
    if (key === "Enter" && !shiftKey) return this.enter();
    if (key === "Escape") return this.escape();
    if (key === "Tab" && list.isOpen && list.active && this.query && !this.isAsking) this.choose(list.active);
    if (!this.isMany || !isAtStart || !this.chips.length) return false;
    if (key === "Backspace") this.removeChip(this.chips.at(-1));
    else if (key === "ArrowLeft") this.chips.at(-1).querySelector("button").focus();
    else return false;
    return true;
  }

  /** Enter before there is an answer waits for it. */
  enter() {
    const { list } = this;
    if (this.isAsking && this.query) this.isAwaited = true;
    else if (list.isOpen && list.active) this.choose(list.active);
    else if (list.isOpen) this.close();
    else return false;
    return true;
  }

  escape() {
    if (!this.list.isOpen) return false;
    this.close();
    if (this.isMany) this.input.value = "";
    else if (!this.person && this.before) this.take(this.before);
    return true;
  }

  whenKeyOnChip(event) {
    const { chips } = this;
    const at = chips.indexOf(event.target.closest(".picker-chip"));
    const go = (chip) => (chip ? chip.querySelector("button") : this.input).focus();
    if (event.key === "ArrowLeft") go(chips[Math.max(at - 1, 0)]);
    else if (event.key === "ArrowRight" || event.key === "Escape") go(event.key === "Escape" ? null : chips[at + 1]);
    else if (event.key === "Backspace" || event.key === "Delete") this.removeChip(chips[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  whenLeft({ relatedTarget }) {
    if (this.contains(relatedTarget) || !document.hasFocus()) return;
    // Written in full and known: that is a choice.
    const words = fold(this.input.value.trim());
    const same = words && !this.person ? this.list.rows.filter(({ name }) => fold(name) === words) : [];
    this.close();
    if (same.length === 1 && !this.isMany) {
      this.take(same[0]);
      this.tell();
    }
  }

  // The server asked which of several is meant.

  whenAnswered(event) {
    const box = event.target;
    const person = { ...readFace(box.closest("label")), value: box.value, name: box.dataset.name };
    box.closest(".picker-offer").remove();
    if (this.isMany) {
      this.input.value = "";
      if (!this.chosen.has(person.value)) this.addChip(person);
    } else this.take(person);
    this.tell();
    this.input.focus();
  }
}

function readFace(place) {
  const face = place.querySelector(".avatar");
  return face ? { initials: face.textContent, color: face.dataset.person } : { is_team: Boolean(place.querySelector("svg")) };
}

customElements.define("people-picker", PeoplePicker);
