// The words in a document that a person typed and that never arrived, by section: to be copied when they can no longer be sent.

/** `from` maps a replica to the first clock that the server is not known to have. */
export function passagesIn(doc, from) {
  const passages = [];
  for (const [section, type] of doc.share) {
    const text = wordsOf(type, from).trim();
    if (text) passages.push({ section, text });
  }
  return passages;
}

function wordsOf(type, from) {
  const runs = [];
  let isAdjacent = false;
  for (let item = type._start; item; item = item.right) {
    if (item.deleted || typeof item.content.str !== "string") continue;
    const skipped = Math.max(0, (from.get(item.id.client) ?? Infinity) - item.id.clock);
    const words = item.content.str.slice(skipped);
    if (words) {
      if (isAdjacent && !skipped) runs.push(runs.pop() + words);
      else runs.push(words);
    }
    isAdjacent = Boolean(words);
  }
  return runs.join("\n…\n");
}
