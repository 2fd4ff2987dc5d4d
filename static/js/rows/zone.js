// Instants in the reader's zone, the one on their account. Rows come from the server in UTC, the same for everybody.
const formats = new Map();
const DAYS = { weekday: "long", day: "numeric", month: "short", year: "numeric" };
const CLOCK = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

function parts(options, zone, iso) {
  const key = `${options === DAYS} ${zone}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }));
  return Object.fromEntries(formats.get(key).formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
}

/** `2026-03-02T14:05`, with seconds where there are any: what an <input type="datetime-local"> holds. */
export function wallClock(iso, zone) {
  const { year, month, day, hour, minute, second } = parts(CLOCK, zone, iso);
  return `${year}-${month}-${day}T${hour}:${minute}${second === "00" ? "" : `:${second}`}`;
}

export const dayOf = (iso, zone) => (iso ? wallClock(iso, zone).slice(0, 10) : "");

export function dayInWords(iso, zone) {
  if (!iso) return "Time unknown";
  const { weekday, day, month, year } = parts(DAYS, zone, iso);
  return `${weekday}, ${day} ${month} ${year}`;
}

/** Put a row from the server into the reader's zone: its clocks, and what is overdue today. */
export function localise(row, zone) {
  for (const time of row.querySelectorAll("time[data-clock]")) {
    const here = wallClock(time.dateTime, zone).slice(11, 16);
    time.textContent = here;
    time.parentElement.querySelector(".time-utc").hidden = here === wallClock(time.dateTime, "UTC").slice(11, 16);
  }
  const due = row.querySelector(".due");
  const day = due?.querySelector("time");
  if (!day) return;
  const isOverdue = day.dateTime < dayOf(new Date().toISOString(), zone);
  due.toggleAttribute("data-overdue", isOverdue);
  day.previousSibling.nodeValue = isOverdue ? "overdue since " : "due ";
}
