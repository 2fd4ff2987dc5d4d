// While the socket was away, news was missed: each part of the page that listens for some asks again, once, and not everybody
// in the same instant.
import { announce } from "./made.js";

const LONGEST_WAIT = 1_500;
const NEWS = /(\w+) from:body/g;

export function catchUp(room) {
  let timer = 0;
  room.addEventListener("back", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const names = [...document.querySelectorAll("[hx-trigger*='from:body']")].flatMap((part) => [...part.getAttribute("hx-trigger").matchAll(NEWS)]);
      for (const name of new Set(names.map(([, name]) => name))) announce(name, {});
    }, LONGEST_WAIT * Math.random());
  });
}
