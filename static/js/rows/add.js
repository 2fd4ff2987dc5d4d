// <form data-row-add="timeline">: what was typed is sent, and the form is empty again at once, for the next row. What the
// server refuses comes back: into the form, or into a line above it if somebody is typing there again.
import { send } from "./send.js";

const blank = new Map();
const pending = new Set();
let underWay = Promise.resolve();

export const isAdding = () => pending.size > 0;

export function watchForms(lists) {
  for (const form of document.querySelectorAll("form[data-row-add]")) blank.set(form.id, form.cloneNode(true));
  document.addEventListener("submit", (event) => {
    if (!blank.has(event.target.id)) return;
    event.preventDefault();
    add(event.target, lists.find((list) => list.name === event.target.dataset.rowAdd));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (!event.target.matches("form[data-row-add] textarea[data-row-main]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
}

export function tryAgain() {
  for (const entry of pending) if (entry.isWaiting) entry.send();
}

const mainOf = (form) => form.querySelector("[data-row-main]");

function add(form, list) {
  const values = Object.fromEntries(new FormData(form));
  new Entry(form.id, list, form.action, values, mainOf(form).value).send();
  empty(form, values);
}

function empty(form, values) {
  form.replaceChildren(...blank.get(form.id).cloneNode(true).childNodes);
  for (const input of form.querySelectorAll("[data-row-carry] :is(input, select)")) input.value = values[input.name] ?? "";
  mainOf(form).focus();
}

function fill(form, values) {
  for (const picker of form.querySelectorAll("people-picker")) picker.value = values[picker.name] ?? "";
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements.namedItem(name);
    if (input && input.name !== "csrfmiddlewaretoken" && !input.closest("people-picker")) input.value = value;
  }
  mainOf(form).focus();
}

// One row on its way.
class Entry {
  constructor(formId, list, url, values, words) {
    Object.assign(this, { formId, list, url, values, words });
    pending.add(this);
    this.line = document.createElement("div");
    this.line.className = "row-pending";
    this.line.setAttribute("role", "status");
    this.form.before(this.line);
  }

  get form() {
    return document.getElementById(this.formId);
  }

  /** One after the other: rows of the same time stand in the order in which they were written down. */
  send() {
    this.isWaiting = false;
    delete this.line.dataset.state;
    this.line.textContent = `Adding “${this.words}”…`;
    underWay = underWay.then(() => this.goOn());
  }

  async goOn() {
    const answer = await send(this.url, this.values);
    if (answer.status === 200) this.done(answer);
    else this.refused(answer);
  }

  done(answer) {
    this.leave();
    this.form.dispatchEvent(new CustomEvent("rowAdded", { bubbles: true }));
    this.list.take(answer);
    const row = this.list.find(answer.row);
    if (row) this.list.say(row, "Added");
  }

  refused(answer) {
    this.isWaiting = answer.status === 0;
    const isFree = mainOf(this.form).value.trim() === "";
    if (isFree && answer.form) return this.putBack(answer.form);
    this.line.dataset.state = "refused";
    const act = (label, does) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
      made.dataset.size = "small";
      made.addEventListener("click", does);
      return made;
    };
    this.line.replaceChildren(
      `Not added: ${answer.problems.join(" ")} `,
      Object.assign(document.createElement("q"), { textContent: this.words }),
      act("Try again", () => this.send()),
      act("Edit", () => this.putBack(answer.form)),
      act("Let it go", () => this.leave()),
    );
  }

  /** Back into the form; what somebody is typing there meanwhile goes up into a line of its own. */
  putBack(html) {
    this.leave();
    const { form } = this;
    if (mainOf(form).value.trim() !== "") return this.swap(form);
    if (html) {
      const template = document.createElement("template");
      template.innerHTML = html;
      form.replaceChildren(...template.content.querySelector("form").childNodes);
      (form.querySelector("[aria-invalid='true']") ?? mainOf(form)).focus();
    } else fill(form, this.values);
  }

  swap(form) {
    const typed = Object.fromEntries(new FormData(form));
    const other = new Entry(this.formId, this.list, this.url, typed, mainOf(form).value);
    other.refused({ problems: ["it waits here while you mend the other one."] });
    form.replaceChildren(...blank.get(form.id).cloneNode(true).childNodes);
    fill(form, this.values);
  }

  leave() {
    pending.delete(this);
    this.line.remove();
  }
}
