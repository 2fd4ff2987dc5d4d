// Rows of the same time change places: by Alt and an arrow, by the buttons of the row, by dragging its grip.
import { toast } from "../toasts.js";
import { arrange } from "./morph.js";
import { send } from "./send.js";

const idOf = (row) => row?.dataset.row.split("-").at(-1) ?? "";
const isPeer = (row, other) => other !== undefined && other.dataset.at === row.dataset.at;

export async function place(list, row, before) {
  const answer = await send(`${row.dataset.url}move/`, { after: idOf(before) });
  if (answer.problems.length) toast(`Not moved: ${answer.problems.join(" ")}`, "danger");
  if (answer.rows) list.take(answer);
  else list.settle();
}

/** One place up or down; whoever is at the end of its time is told why it stays. */
export function step(list, row, direction) {
  const { rows } = list;
  const at = rows.indexOf(row);
  const [neighbour, before] = direction === "up" ? [rows[at - 1], rows[at - 2]] : [rows[at + 1], rows[at + 1]];
  if (!isPeer(row, neighbour)) return list.say(row, "Its time decides where it stands");
  return place(list, row, before && isPeer(row, before) ? before : undefined);
}

export function drag(list, row, start) {
  const peers = () => list.rows.filter((other) => isPeer(row, other));
  const original = peers();
  row.dataset.dragged = "";
  start.preventDefault();
  const over = ({ clientY }) => {
    const others = peers().filter((other) => other !== row);
    const at = others.findIndex((other) => clientY < other.getBoundingClientRect().top + other.offsetHeight / 2);
    others.splice(at < 0 ? others.length : at, 0, row);
    const wanted = [...list.list.children].filter((node) => !others.includes(node));
    wanted.splice([...list.list.children].indexOf(original[0].isConnected ? peers()[0] : row), 0, ...others);
    arrange(list.list, wanted);
  };
  const end = (event) => {
    delete row.dataset.dragged;
    for (const [name, act] of Object.entries(acts)) removeEventListener(name, act);
    const now = peers();
    if (event.type !== "pointerup") list.settle();
    else if (now.some((other, index) => other !== original[index])) place(list, row, now[now.indexOf(row) - 1]);
  };
  const acts = { pointermove: over, pointerup: end, pointercancel: end };
  for (const [name, act] of Object.entries(acts)) addEventListener(name, act);
}
