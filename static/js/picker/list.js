// The list below a picker: suggestions, or a line that says why there are none. It lies above everything, also in a dialog.
import { faceOf, made, marked } from "./looks.js";

const GAP = 4;
const EDGE = 8;
const LOWEST = 160;
let count = 0;

export class List {
  constructor(picker, choose) {
    this.picker = picker;
    this.choose = choose;
    this.rows = [];
    this.at = -1;
    this.build();
  }

  build() {
    this.box = made("span", "picker-list");
    this.box.popover = "manual";
    this.box.dataset.made = "";
    this.options = made("span");
    this.options.id = `picker-list-${++count}`;
    this.options.setAttribute("role", "listbox");
    this.options.setAttribute("aria-label", "Suggestions");
    if (this.picker.isMany) this.options.setAttribute("aria-multiselectable", "true");
    this.line = made("span", "picker-line");
    this.said = made("span", "visually-hidden");
    this.said.dataset.made = "";
    this.said.setAttribute("role", "status");
    this.box.append(this.line, this.options);
    // The input keeps the focus, and with it the keyboard of a phone.
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => {
      const option = event.target.closest("[role='option']");
      if (option) this.choose(this.rows[[...this.options.children].indexOf(option)]);
    });
    this.picker.append(this.box, this.said);
    this.follow = () => this.place();
  }

  get isOpen() {
    return this.box.matches(":popover-open");
  }

  get active() {
    return this.rows[this.at];
  }

  open() {
    if (this.isOpen) return this.place();
    this.box.showPopover();
    this.picker.input.setAttribute("aria-expanded", "true");
    this.picker.input.setAttribute("aria-controls", this.options.id);
    for (const [target, name] of this.followed) target.addEventListener(name, this.follow, { capture: true, passive: true });
    this.place();
  }

  close() {
    if (!this.isOpen) return;
    this.box.hidePopover();
    this.picker.input.setAttribute("aria-expanded", "false");
    this.picker.input.removeAttribute("aria-activedescendant");
    this.said.textContent = "";
    for (const [target, name] of this.followed) target.removeEventListener(name, this.follow, { capture: true });
  }

  get followed() {
    const screen = globalThis.visualViewport;
    return [[window, "scroll"], [window, "resize"], ...(screen ? [[screen, "resize"], [screen, "scroll"]] : [])];
  }

  /** Below the input, or above it where there is more room: on a phone the keyboard takes half of the screen. */
  place() {
    const box = this.picker.box.getBoundingClientRect();
    const screen = globalThis.visualViewport ?? { height: innerHeight, width: innerWidth, offsetTop: 0 };
    const below = screen.offsetTop + screen.height - box.bottom - GAP - EDGE;
    const above = box.top - screen.offsetTop - GAP - EDGE;
    const isAbove = below < Math.min(this.box.scrollHeight, LOWEST) && above > below;
    const set = (name, value) => this.box.style.setProperty(`--picker-${name}`, `${Math.round(value)}px`);
    set("width", box.width);
    set("room", Math.max(isAbove ? above : below, 96));
    set("x", Math.max(EDGE, Math.min(box.left, innerWidth - this.box.offsetWidth - EDGE)));
    set("y", isAbove ? box.top - this.box.offsetHeight - GAP : box.bottom + GAP);
  }

  /** `isSearch`: somebody has typed, and Enter takes the first. */
  show(rows, { words, chosen, isSearch }) {
    this.rows = rows;
    this.line.textContent = rows.length ? "" : words ? `Nobody goes by “${words}” here.` : "There is nobody to choose.";
    delete this.box.dataset.waits;
    this.options.replaceChildren(...rows.map((row, index) => this.option(row, index, words, chosen.has(row.value))));
    this.open();
    this.step(isSearch && rows.length ? 0 : -1, { absolute: true });
    const first = rows[0] ? `, ${rows[0].name} first` : "";
    this.said.textContent = rows.length ? `${rows.length} found${first}.` : this.line.textContent;
  }

  /** What stood there stays, dimmed, until the answer is here: nothing jumps under the pointer. */
  wait() {
    this.box.dataset.waits = "";
    this.line.textContent = this.said.textContent = "Looking…";
    this.open();
  }

  fail(reason) {
    this.tell(`${reason} A full name or an e-mail address is understood all the same.`);
  }

  /** A line in the place of suggestions. */
  tell(words) {
    this.rows = [];
    this.at = -1;
    this.options.replaceChildren();
    this.picker.input.removeAttribute("aria-activedescendant");
    delete this.box.dataset.waits;
    this.line.textContent = this.said.textContent = words;
    this.open();
  }

  option(row, index, words, isChosen) {
    const option = made("span", "picker-option");
    option.id = `${this.options.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(isChosen));
    option.append(faceOf(row), marked(row.name, words));
    if (row.is_me) option.append(made("span", "picker-me", "you"));
    option.append(made("span", "picker-beside", row.is_team ? "team" : (row.team ?? "")));
    if (row.note) option.append(made("span", "picker-note", row.note));
    option.addEventListener("pointermove", () => this.at !== index && this.step(index, { absolute: true, isPointed: true }));
    return option;
  }

  step(by, { absolute = false, isPointed = false } = {}) {
    const { length } = this.rows;
    if (!absolute && length) this.at = (Math.max(this.at, by < 0 ? 0 : -1) + by + length) % length;
    else this.at = absolute ? by : -1;
    const options = [...this.options.children];
    options.forEach((option, index) => option.toggleAttribute("data-active", index === this.at));
    const active = options[this.at];
    if (active) this.picker.input.setAttribute("aria-activedescendant", active.id);
    else this.picker.input.removeAttribute("aria-activedescendant");
    if (active && !isPointed) active.scrollIntoView({ block: "nearest" });
  }
}
