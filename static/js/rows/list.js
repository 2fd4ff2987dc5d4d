// A list of rows that every open page keeps by itself: a change comes as the row's HTML, made once by the server for all.
// Whatever order news come in, an older state never replaces a newer one.
import { arrange, parseRow, renew } from "./morph.js";
import { dayInWords, dayOf, localise } from "./zone.js";

const LONGEST_JITTER = 400;
const versionOf = (row) => Number(row.dataset.version);

export class RowList {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.rows;
    this.zone = element.dataset.zone ?? "UTC";
    this.list = element.querySelector("[data-rows-list]");
    this.gone = new Map();
    this.editors = new Set();
    this.heard = null;
    for (const row of this.rows) localise(row, this.zone);
    this.settle();
  }

  get rows() {
    return [...this.list.querySelectorAll(":scope > [data-row]")];
  }

  find(name) {
    return this.rows.find((row) => row.dataset.row === name);
  }

  // News.

  take(news) {
    if (news.event === "rowChanged") this.put(parseRow(news.html), news.by);
    else if (news.event === "rowRemoved") this.drop(news.row, news.version, news.by);
    else if (news.event === "rowsMoved") news.rows.forEach((place) => this.move(place));
    else return;
    this.settle();
  }

  put(fresh, by) {
    const name = fresh.dataset.row;
    this.heard?.add(name);
    const old = this.find(name);
    if ((this.gone.get(name) ?? 0) >= versionOf(fresh) || (old && versionOf(old) > versionOf(fresh))) return;
    localise(fresh, this.zone);
    if (!old) this.list.append(fresh);
    else this.renew(old, fresh, by);
  }

  renew(old, fresh, by) {
    const place = document.activeElement?.closest?.("[data-field]");
    renew(old, fresh);
    // Only inside a field can what had the focus be replaced: the field takes it.
    if (place && old.contains(place) && !place.contains(document.activeElement)) place.focus();
    for (const editor of this.editors) if (editor.row === old) editor.meet(by);
    old.dispatchEvent(new CustomEvent("debrief:row", { bubbles: true }));
  }

  drop(name, version, by) {
    this.heard?.add(name);
    this.gone.set(name, version);
    const row = this.find(name);
    if (!row || versionOf(row) > version) return;
    const busy = [...this.editors].filter((editor) => editor.row === row);
    // What somebody is typing in it stays until they let it go.
    if (busy.length) {
      row.dataset.gone = "";
      for (const editor of busy) editor.orphaned(by);
    } else this.remove(row);
  }

  remove(row) {
    const next = row.contains(document.activeElement) && (this.rows[this.rows.indexOf(row) + 1] ?? this.rows.at(-2));
    row.remove();
    this.settle();
    if (next) next.focus();
  }

  move({ row: name, position, version }) {
    const row = this.find(name);
    if (!row || versionOf(row) > version) return;
    row.dataset.position = position;
    row.dataset.version = version;
  }

  // The whole list anew: after a connection was lost, and where the news held no row.

  async fetchAgain({ jitter = false } = {}) {
    if (this.heard) {
      this.isStale = true;
      return;
    }
    this.heard = new Set();
    if (jitter) await new Promise((done) => setTimeout(done, Math.random() * LONGEST_JITTER));
    try {
      const response = await fetch(this.element.dataset.rowsUrl, { headers: { "HX-Request": "true" } });
      if (response.ok && !response.headers.has("HX-Redirect")) this.merge(await response.text());
    } catch {
      // Without a network there is nothing to fetch; when it is back, everything is fetched again.
    }
    this.heard = null;
    if (this.isStale) {
      this.isStale = false;
      this.fetchAgain();
    }
  }

  merge(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fetched = new Map([...template.content.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
    const heard = this.heard;
    this.heard = null;
    for (const row of fetched.values()) this.put(row);
    // Rows of which there was word since the question was asked are newer than this answer.
    for (const row of this.rows) {
      const name = row.dataset.row;
      if (!fetched.has(name) && !heard.has(name)) this.drop(name, versionOf(row));
    }
    this.settle();
  }

  // Order, days, counts.

  settle() {
    const key = (row) => [row.dataset.at || "~", Number(row.dataset.position), Number(row.dataset.row.split("-").at(-1))];
    const rows = this.rows.map((row) => [row, key(row)]).sort(([, one], [, other]) => compare(one, other)).map(([row]) => row);
    arrange(this.list, this.element.hasAttribute("data-rows-days") ? this.withDays(rows) : rows);
    this.element.querySelector("[data-rows-count]").textContent = rows.length;
    this.element.querySelector("[data-rows-empty]").hidden = rows.length > 0;
    rows.forEach((row, index) => this.showMoves(row, rows[index - 1], rows[index + 1]));
    this.countOpen(rows);
    this.list.dispatchEvent(new CustomEvent("debrief:rows", { bubbles: true }));
  }

  withDays(rows) {
    const headings = new Map([...this.list.querySelectorAll(":scope > [data-day]")].map((item) => [item.dataset.day, item]));
    let last = null;
    return rows.flatMap((row) => {
      const day = dayOf(row.dataset.at, this.zone);
      if (day === last) return [row];
      last = day;
      return [headings.get(day) ?? this.heading(day, row), row];
    });
  }

  heading(day, row) {
    const item = document.createElement("li");
    item.className = "timeline-day";
    item.dataset.day = day;
    item.textContent = dayInWords(row.dataset.at, this.zone);
    return item;
  }

  showMoves(row, before, after) {
    const hides = { up: before?.dataset.at !== row.dataset.at, down: after?.dataset.at !== row.dataset.at };
    for (const button of row.querySelectorAll("[data-row-move]")) button.hidden = hides[button.dataset.rowMove] ?? (hides.up && hides.down);
  }

  countOpen(rows) {
    const place = this.element.querySelector("[data-rows-open]");
    if (!place) return;
    const open = rows.filter((row) => row.hasAttribute("data-open")).map((row) => row.dataset.row);
    place.hidden = open.length === 0;
    place.textContent = `${open.length} open`;
    // What is still open decides which steps the post-mortem may take.
    if (this.open !== undefined && this.open !== open.join()) document.body.dispatchEvent(new CustomEvent("standingChanged"));
    this.open = open.join();
  }

  /** A word at the row that leaves by itself, and is read aloud. */
  say(row, words) {
    const place = row.querySelector("[data-row-state]");
    if (!place) return;
    place.textContent = words;
    clearTimeout(place.leaving);
    place.leaving = setTimeout(() => (place.textContent = ""), 2500);
    this.element.querySelector("[data-rows-said]").textContent = words;
  }
}

function compare(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  if (at < 0) return 0;
  return one[at] < other[at] ? -1 : 1;
}
