// One field of a row while somebody edits it in its place. It is saved by leaving it, with what its writer had before their
// eyes; where somebody else was quicker, both values are shown, and whoever typed chooses.
import { offerRows } from "./choices.js";
import { send } from "./send.js";
import { wallClock } from "./zone.js";

const editors = new WeakMap();
export const editorOf = (field) => editors.get(field);
export const rawOf = (field) => field.dataset.value ?? field.textContent;

function button(label, act, variant) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.dataset.size = "small";
  if (variant) made.dataset.variant = variant;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

const optionsOf = (name) => [...(document.querySelector(`select[name="${name}"]`)?.options ?? [])];
// A picker of people is one control, whatever it consists of.
const CONTROLS = "people-picker, input, select, textarea";
const controlsIn = (box) => [...box.querySelectorAll(CONTROLS)].filter((control) => !control.parentElement.closest("people-picker"));
const quoted = (text) => (text === "" ? "nothing" : `“${text.length > 300 ? `${text.slice(0, 300)}…` : text}”`);

export class FieldEditor {
  constructor(list, field) {
    this.list = list;
    this.field = field;
    this.name = field.dataset.field;
    this.row = field.closest("[data-row]");
    this.seen = rawOf(field);
    this.state = "open";
    this.build();
    list.editors.add(this);
    this.settleIn(field);
    this.main.focus();
    // Words are mostly added to; selected, the first letter would take them all away.
    if (this.main.matches("textarea, [type=text]")) this.main.setSelectionRange(this.main.value.length, this.main.value.length);
    else this.main.select?.();
    this.main.open?.();
    this.field.dispatchEvent(new CustomEvent("debrief:editing", { bubbles: true, detail: { row: this.row.dataset.row } }));
  }

  settleIn(field) {
    this.field = field;
    editors.set(field, this);
    field.dataset.editing = "";
    field.after(this.box);
  }

  // What stands in the field's place.

  build() {
    const blueprint = document.querySelector(`template[data-editors="${this.list.name}"]`).content;
    this.box = document.importNode(blueprint.querySelector(`[data-editor="${this.name}"]`), true);
    this.box.className = "row-editor field";
    this.box.dataset.rowEditor = this.name;
    for (const picker of this.box.querySelectorAll("people-picker")) picker.wake();
    [this.main] = controlsIn(this.box);
    this.typedIn.setAttribute("aria-label", this.field.dataset.label);
    this.note = document.createElement("div");
    this.note.className = "row-note";
    this.note.setAttribute("role", "status");
    this.fill();
    if (this.isExplicit) this.box.append(this.buttons());
    this.box.append(this.note);
    this.sent = this.first = this.values();
    this.box.addEventListener("keydown", (event) => this.whenKey(event));
    this.box.addEventListener("focusout", (event) => this.whenLeft(event));
    this.box.addEventListener("input", () => this.ask());
    this.box.addEventListener("pointerdown", () => (this.byPointer = true));
    this.main.addEventListener("change", () => this.main.matches("select") && this.byPointer && !this.isExplicit && this.save({ stay: true }));
  }

  get typedIn() {
    return this.main.input ?? this.main;
  }

  get isExplicit() {
    return this.box.hasAttribute("data-together");
  }

  fill() {
    const { main, seen, box } = this;
    if (main.dataset.optionsOf) this.borrowOptions();
    if (main.dataset.optionsFrom) offerRows(main, seen);
    if (this.name === "occurred_at" && seen) {
      main.value = wallClock(seen, this.list.zone);
      if (main.value.length > 16) main.step = 1;
    } else if (this.name === "status") {
      for (const option of [...main.options]) if (!option.dataset.from.split(" ").includes(seen)) option.remove();
    } else if (main.matches("people-picker")) main.takeFrom(this.field, seen);
    else main.value = seen;
    const why = box.querySelector("[data-when-was]");
    if (why) why.hidden = !seen;
    this.ask();
  }

  borrowOptions() {
    const { main, seen } = this;
    main.append(...optionsOf(main.dataset.optionsOf).map((option) => new Option(option.text, option.value)));
    if (seen && ![...main.options].some((option) => option.value === seen)) main.append(new Option(this.field.textContent.trim(), seen));
  }

  buttons() {
    const place = document.createElement("div");
    place.className = "cluster";
    place.append(button("Save", () => this.save(), "primary"), button("Cancel", () => this.cancel()));
    return place;
  }

  /** Show the further inputs that the chosen step asks for. */
  ask() {
    if (this.name !== "status") return;
    const asks = this.main.selectedOptions[0]?.dataset.asks?.split(" ") ?? [];
    for (const input of controlsIn(this.box)) if (input !== this.main) input.hidden = !asks.includes(input.name);
  }

  values() {
    const inputs = controlsIn(this.box).filter((input) => !input.hidden);
    return Object.fromEntries(inputs.map((input) => [input.name, input.value]));
  }

  get isChanged() {
    return JSON.stringify(this.values()) !== JSON.stringify(this.first);
  }

  get isUnsaved() {
    return this.isChanged || this.state === "saving";
  }

  // Keys and leaving.

  whenKey(event) {
    this.byPointer = false;
    if (event.isComposing || event.target.matches("button")) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.cancel();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.save({ stay: true });
    }
  }

  whenLeft({ relatedTarget }) {
    // Another window, or a button of this editor: nothing is left. Between two values one must choose; leaving is no choice.
    if (this.box.contains(relatedTarget) || !document.hasFocus() || this.state === "conflict") return;
    if (!this.isChanged) this.close();
    else if (this.name !== "status") this.save();
  }

  cancel() {
    const hadFocus = this.box.contains(document.activeElement);
    this.close();
    if (hadFocus) this.field.focus();
  }

  close() {
    if (this.state === "closed") return;
    this.state = "closed";
    this.list.editors.delete(this);
    editors.delete(this.field);
    this.box.remove();
    delete this.field.dataset.editing;
    this.field.dispatchEvent(new CustomEvent("debrief:editing", { bubbles: true, detail: { row: null } }));
    const isLast = ![...this.list.editors].some((editor) => editor.row === this.row);
    if (isLast && "gone" in this.row.dataset) this.list.remove(this.row);
  }

  // Saving.

  async save({ stay = false } = {}) {
    if (this.state === "closed") return;
    if (this.state === "saving") {
      this.isAskedAgain = true;
      return;
    }
    this.isAskedAgain = false;
    if (!this.isChanged && this.name !== "status") return stay ? this.cancel() : this.close();
    const values = this.values();
    this.sent = values;
    this.show("saving", "Saving…");
    const data = { ...values, field: this.name, [`seen-${this.name}`]: this.seen };
    const answer = await send(`${this.row.dataset.url}edit/field/`, data);
    if (this.state === "closed") return;
    if (answer.status === 200) this.saved(answer, stay);
    else if (answer.status === 409 && answer.conflict) this.showConflict(answer.conflict);
    else this.refused(answer);
  }

  saved(answer, stay) {
    const wasThere = this.box.contains(document.activeElement);
    const isTypedOn = JSON.stringify(this.values()) !== JSON.stringify(this.sent);
    this.state = "open";
    this.first = this.sent;
    if (answer.html) this.list.take(answer);
    this.seen = rawOf(this.field);
    this.list.say(this.row, "Saved");
    if (isTypedOn && this.isAskedAgain) return this.save({ stay });
    if (isTypedOn) return wasThere ? this.show("open", "") : this.save();
    this.close();
    if (wasThere && (stay || this.isExplicit)) this.field.focus();
  }

  refused({ status, problems, choices = [] }) {
    this.show(status === 0 ? "waiting" : "refused", `Not saved: ${problems.join(" ")}`);
    if (choices.length && !this.box.querySelector(`[name="${this.name}_fold"]`)) {
      const which = document.createElement("select");
      which.name = `${this.name}_fold`;
      which.setAttribute("aria-label", "Which of the two hours");
      which.append(...choices.map(([value, label]) => new Option(label, value)));
      this.main.after(which);
    }
    if (this.box.contains(document.activeElement)) this.main.focus();
  }

  tryAgain() {
    if (this.state === "waiting") this.save();
  }

  show(state, words, ...more) {
    this.state = this.box.dataset.state = state;
    this.typedIn.toggleAttribute("aria-invalid", false);
    if (state === "refused") this.typedIn.setAttribute("aria-invalid", "true");
    this.note.replaceChildren(...(words ? [words] : []), ...more);
  }

  // Somebody else in the same field.

  showConflict({ value, words, by }) {
    const theirs = document.createElement("p");
    const name = document.createElement("strong");
    name.textContent = by;
    theirs.append(name, ` wrote ${quoted(words)} meanwhile. You wrote ${quoted(this.mine())}.`);
    const choice = document.createElement("div");
    choice.className = "cluster";
    choice.append(
      button("Keep mine", () => { this.main.focus(); this.save({ stay: true }); }, "primary"),
      button("Take theirs", () => { this.cancel(); this.list.fetchAgain(); }),
      button("Edit further", () => { this.main.focus(); this.show("open", `${by} wrote ${quoted(words)}.`); }),
    );
    this.show("conflict", "", theirs, choice);
    // From here on, both are before one's eyes: saving once more means one's own.
    this.seen = value;
  }

  mine() {
    const { main } = this;
    if (main.matches("people-picker")) return main.words;
    return main.selectedOptions ? main.selectedOptions[0]?.text ?? "" : main.value.replace("T", this.name === "occurred_at" ? " " : "T");
  }

  /** The row has become another one. Is it this field, and is this editor still in it? */
  meet(by) {
    if (!this.box.isConnected) this.settleIn(this.row.querySelector(`[data-field="${this.name}"]`));
    if (rawOf(this.field) === this.seen || this.state === "saving" || this.state === "conflict") return;
    const words = this.field.textContent.trim().replace(/\s+/g, " ");
    this.show("overtaken", `${by ?? "Somebody"} has changed this to ${quoted(words)}.`, button("Take it", () => this.cancel()));
  }

  orphaned(by) {
    this.show("orphaned", `${by ?? "Somebody"} has removed this. What you typed still stands here. `, button("Let it go", () => this.close()));
  }
}
