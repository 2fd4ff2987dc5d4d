// A strip at the foot of the window for what a person must not have to look for: the state of saving, whom she follows, news.
import { make } from "./made.js";

const area = make("div", { className: "live-strip" });

export const strip = {
  add(name, ...children) {
    const item = make("div", { className: "live-strip-item", "data-name": name, hidden: "" }, ...children);
    area.append(item);
    if (!area.isConnected) document.body.append(area);
    return item;
  },
  show(item, isShown) {
    if (item.hidden === isShown) item.hidden = !isShown;
  },
};
