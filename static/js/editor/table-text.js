// The cells of one line of a Markdown table, as places in the line.

export const isRule = (text) => /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(text) && text.includes("-");

const PIPE = /\\.|\|/g;

function pipesOf(text) {
  return [...text.matchAll(PIPE)].filter(([found]) => found === "|").map(({ index }) => index);
}

// `start` and `end` take in the pipe before, and after the last one; `from` and `to` are the words' own.
export function cellsOf(text) {
  const pipes = pipesOf(text);
  const first = text.search(/\S/);
  const last = text.trimEnd().length - 1;
  const starts = pipes[0] === first ? pipes : [0, ...pipes];
  const hasClosingPipe = pipes.length > 0 && pipes.at(-1) === last && last > first;
  const cells = starts.slice(0, hasClosingPipe ? -1 : undefined).map((start, index) => {
    const contentEnd = starts[index + 1] ?? text.length;
    const pipeEnd = text[start] === "|" ? start + 1 : start;
    const content = text.slice(pipeEnd, contentEnd);
    const from = content.trim() ? pipeEnd + content.search(/\S/) : Math.min(pipeEnd + 1, contentEnd);
    const to = content.trim() ? pipeEnd + content.trimEnd().length : from;
    return { start: index === 0 ? 0 : start, end: contentEnd, pipeEnd, contentEnd, from, to };
  });
  if (cells.length) cells.at(-1).end = text.length;
  return cells;
}
