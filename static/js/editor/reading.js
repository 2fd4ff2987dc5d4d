// Where people read, commented passages are marked as well, and words can be chosen to comment on. The page shows Markdown
// rendered, so a passage is found by its letters alone, which are the same in both. Nothing is put into the page.
import { passagesOf } from "./anchors.js";
import { sectionOf } from "./sections.js";
import { canCompose, compose } from "./threads.js";

const LETTER = /[\p{L}\p{N}]/u;
const ADDRESS = /\]\([^)\s]*(?:\s+"[^"]*")?\)|\{\{\s*\w+\s*\}\}|^(?:```|~~~).*$/gm;

const prose = (section) => sectionOf(section)?.querySelector(".prose") ?? null;

// The letters of a Markdown text with the place of each; addresses of links are not read.
function lettersOf(source) {
  const silent = [...source.matchAll(ADDRESS)].map((match) => [match.index, match.index + match[0].length]);
  const letters = [];
  let at = 0;
  for (const sign of source) {
    while (silent.length && silent[0][1] <= at) silent.shift();
    if (LETTER.test(sign) && !(silent.length && at >= silent[0][0])) letters.push({ sign, at, after: at + sign.length });
    at += sign.length;
  }
  return letters;
}

// The letters of what is rendered, each with its text node.
function lettersIn(root) {
  const letters = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    let at = 0;
    for (const sign of walker.currentNode.data) {
      if (LETTER.test(sign)) letters.push({ sign, node: walker.currentNode, at, after: at + sign.length });
      at += sign.length;
    }
  }
  return letters;
}

const said = (letters) => letters.map(({ sign }) => sign).join("\u0001");

// The same passage in the other form: the n-th place that says these letters, `first` and `last` being indexes of letters.
function alike(from, to, first, last) {
  const sought = said(from.slice(first, last + 1));
  const before = said(from.slice(0, last + 1));
  let nth = 0;
  for (let at = before.indexOf(sought); at >= 0; at = before.indexOf(sought, at + 1)) nth++;
  const whole = said(to);
  let found = -1;
  for (let n = 0; n < nth; n++) {
    const next = whole.indexOf(sought, found + 1);
    if (next < 0) break;
    found = next;
  }
  if (found < 0) return null;
  const start = whole.slice(0, found).split("\u0001").length - 1;
  return { first: start, last: start + (last - first) };
}

export function rangeOf(room, section, from, to) {
  const root = prose(section);
  if (!root) return null;
  const source = lettersOf(room.text(section).toString());
  const first = source.findIndex((letter) => letter.at >= from);
  const last = source.findLastIndex((letter) => letter.after <= to);
  if (first < 0 || last < first) return null;
  const shown = lettersIn(root);
  const found = alike(source, shown, first, last);
  if (!found) return null;
  const range = new Range();
  range.setStart(shown[found.first].node, shown[found.first].at);
  range.setEnd(shown[found.last].node, shown[found.last].after);
  return range;
}

function spanOf(room, section, range) {
  const shown = lettersIn(prose(section));
  const inside = ({ node, at }) => range.isPointInRange(node, at) && range.comparePoint(node, at + 1) <= 0;
  const first = shown.findIndex(inside);
  const last = shown.findLastIndex(inside);
  if (first < 0) return null;
  const source = lettersOf(room.text(section).toString());
  const found = alike(shown, source, first, last);
  return found && { from: source[found.first].at, to: source[found.last].after };
}

export function watchReading(room) {
  if (!window.Highlight || !document.querySelector("[data-words]")) return;
  const passages = passagesOf(room);
  let ranges = [];

  function draw() {
    const sections = [...document.querySelectorAll("[data-words]")].map(({ dataset }) => dataset.words).filter(prose);
    ranges = sections.flatMap((section) =>
      passages.spansIn(section).map(({ thread, from, to }) => ({ thread, range: rangeOf(room, section, from, to) })),
    );
    ranges = ranges.filter(({ range }) => range);
    CSS.highlights.set("comment", new Highlight(...ranges.map(({ range }) => range)));
    const active = ranges.filter(({ thread }) => thread === passages.active);
    CSS.highlights.set("comment-active", new Highlight(...active.map(({ range }) => range)));
  }

  passages.addEventListener("change", draw);
  document.addEventListener("htmx:after:swap", () => passages.settle());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".prose") || !getSelection().isCollapsed) return;
    const at = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const hit = at && ranges.find(({ range }) => range.isPointInRange(at.offsetNode, at.offset));
    if (hit) passages.open(hit.thread);
  });
  watchSelection(room, passages);
}

function watchSelection(room, passages) {
  const tip = document.createElement("div");
  tip.className = "comment-tip";
  tip.dataset.floating = "";
  tip.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Comment";
  button.title = "Comment (Ctrl+Alt+M)";
  tip.append(button);
  document.body.append(tip);

  function chosen() {
    const selection = getSelection();
    if (!canCompose() || selection.isCollapsed || !selection.rangeCount || !selection.toString().trim()) return null;
    const range = selection.getRangeAt(0);
    const owner = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".prose")?.closest("[data-words]");
    const section = owner(range.startContainer);
    return section && section === owner(range.commonAncestorContainer) ? { section: section.dataset.words, range } : null;
  }

  function begin() {
    const found = chosen();
    const span = found && spanOf(room, found.section, found.range);
    if (!span) return;
    const quote = room.text(found.section).toString().slice(span.from, span.to);
    const box = found.range.getBoundingClientRect();
    tip.hidden = true;
    compose({ section: found.section, quote, anchor: passages.anchorAt(found.section, span.from, span.to), box, back: () => {} });
  }

  document.addEventListener("selectionchange", () => {
    const found = chosen();
    tip.hidden = !found;
    if (!found) return;
    const box = found.range.getBoundingClientRect();
    tip.style.setProperty("--tip-x", `${Math.min(box.right, innerWidth - 110)}px`);
    tip.style.setProperty("--tip-y", `${Math.min(box.bottom + 6, innerHeight - 48)}px`);
  });
  addEventListener("scroll", () => (tip.hidden = true), { passive: true });
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", begin);
  document.addEventListener("keydown", (event) => {
    if (event.code === "KeyM" && event.altKey && (event.ctrlKey || event.metaKey) && !event.target.closest?.(".cm-editor")) begin();
  });
}
