// <time datetime="…" data-relative> reads “3 minutes ago” and keeps reading so; without a script its date stands there.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function inWords(instant) {
  const seconds = (instant - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  return unit ? words.format(Math.trunc(seconds / size), unit) : "just now";
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const text = inWords(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

// What has `data-turns-at` says something else from that instant on: `clockTurned` has its part asked for again.
function turn() {
  const due = [...document.querySelectorAll("[data-turns-at]")].filter((one) => Date.parse(one.dataset.turnsAt) <= Date.now());
  for (const one of due) delete one.dataset.turnsAt;
  if (due.length) document.body.dispatchEvent(new CustomEvent("clockTurned", { bubbles: true }));
}

if (document.querySelector("time[data-relative]")) refresh();
setInterval(() => { refresh(); turn(); }, 30_000);
document.addEventListener("htmx:after:swap", refresh);
