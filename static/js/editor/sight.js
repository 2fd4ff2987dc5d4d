// What can be seen of the page: below the bars that stay, above a phone's keyboard.
import { EditorView, tooltips } from "@codemirror/view";

const AIR = 12;
// Above the caret's line may stand the name of somebody else's.
const ROOM_ABOVE = 40;

function barsBottom() {
  const bar = document.querySelector("[data-live-toolbar]");
  return bar ? (parseFloat(getComputedStyle(bar).insetBlockStart) || 0) + bar.offsetHeight : 0;
}

// On a phone the site's own bar lies along the lower edge.
function barsTop() {
  const bar = document.querySelector(".app-nav");
  return bar && getComputedStyle(bar).position === "fixed" ? bar.getBoundingClientRect().top : Infinity;
}

// The word on saving and other news lie over the text, just where somebody who fills a page is writing.
function newsTop() {
  const news = document.querySelector(".live-strip")?.getBoundingClientRect();
  return news?.height ? news.top : Infinity;
}

function seen() {
  const { offsetTop = 0, height = innerHeight } = window.visualViewport ?? {};
  return { top: barsBottom(), bottom: Math.min(offsetTop + height, barsTop(), newsTop()), left: 0, right: document.documentElement.clientWidth };
}

function placeOf(view, at) {
  const drawn = view.coordsAtPos(at);
  if (drawn) return drawn;
  const block = view.lineBlockAt(at);
  return { top: view.documentTop + block.top, bottom: view.documentTop + block.bottom };
}

// CodeMirror knows nothing of bars that lie over the page, and would leave the caret under them.
function keepInSight(view, range, { y, yMargin }) {
  if (y !== "nearest") return false;
  const room = Math.max(AIR, yMargin);
  // It asks in the middle of an update, when nothing may be measured.
  view.requestMeasure({
    key: keepInSight,
    read: () => {
      const { top, bottom } = seen();
      const place = placeOf(view, Math.min(range.head, view.state.doc.length));
      if (place.top < top + ROOM_ABOVE) return place.top - top - ROOM_ABOVE;
      return Math.max(0, place.bottom - bottom + room);
    },
    write: (distance) => distance && scrollBy(0, distance),
  });
  return true;
}

// Of a text in sight CodeMirror draws what is seen; of one out of sight it draws whatever comes into the passage that it
// drew last, and the two megabytes that somebody pastes there would stop this page for seconds. Told that it is in sight it
// bounds them too, and finds out with its next measure that it is not. There is no public way to say so.
const MOST_DRAWN_UNSEEN = 20_000;

export function drawBounded(transactions, view) {
  let inserted = 0;
  for (const { changes } of transactions) changes.iterChanges((_fromA, _toA, from, to) => (inserted += to - from));
  const { from, to } = view.viewport;
  if (!view.inView && to - from + inserted > MOST_DRAWN_UNSEEN) view.viewState.inView = true;
  view.update(transactions);
}

export const sight = [EditorView.scrollHandler.of(keepInSight), tooltips({ tooltipSpace: seen })];
