// Someone who reads gets fresh paragraphs from the server: `textChanged`, with the text's name, a moment after the change.
import { announce } from "./made.js";

const TEXT_NEWS_AFTER = 1_200;

export function tellOfTexts(room) {
  const changed = new Set();
  let timer = 0;
  const tell = () => {
    timer = 0;
    for (const name of changed) announce("textChanged", { name });
    changed.clear();
  };
  room.doc.on("afterTransaction", (transaction) => {
    if (!room.isSynced) return;
    for (const type of transaction.changed.keys()) {
      const name = [...room.doc.share].find(([, shared]) => shared === type)?.[0];
      if (name) changed.add(name);
    }
    if (changed.size && !timer) timer = setTimeout(tell, TEXT_NEWS_AFTER);
  });
}
