// The Markdown that the page, the PDF and the exports read, and no more: what they show as plain text is plain here too.
import { Language, LanguageSupport, syntaxTree } from "@codemirror/language";
import { markdownLanguage } from "@codemirror/lang-markdown";

const parser = markdownLanguage.parser.configure({
  remove: ["HTMLBlock", "HTMLTag", "Emoji", "Subscript", "Superscript", "SetextHeading"],
});

// Under the package's own data its commands (going on with a list) take this language for theirs.
const language = new Language(markdownLanguage.data, parser, [], "markdown");

export const documentMarkdown = new LanguageSupport(language);

/** The nodes around a place, the innermost first, looked for on both sides of it. */
export function nodesAround(state, at) {
  const found = [];
  for (const side of [-1, 1]) {
    for (let node = syntaxTree(state).resolveInner(at, side); node; node = node.parent) {
      if (!found.some((known) => known.name === node.name && known.from === node.from)) found.push(node);
    }
  }
  return found;
}

export const nodeAround = (state, at, names) => nodesAround(state, at).find((node) => names.includes(node.name));

/** A link's parts, or null where brackets are only brackets. */
export function linkParts(state, node) {
  if (node.name === "URL" || node.name === "Autolink") {
    const url = node.name === "URL" ? node : node.getChild("URL");
    return url && { from: node.from, to: node.to, words: { from: url.from, to: url.to }, url: { from: url.from, to: url.to } };
  }
  const url = node.getChild("URL");
  const marks = node.getChildren("LinkMark");
  if (!url || marks.length < 4) return null;
  return { from: node.from, to: node.to, words: { from: marks[0].to, to: marks[1].from }, url: { from: url.from, to: url.to } };
}

const OPENS = /^(https?:\/\/|mailto:)/i;

/** The address to open, as a reader of the finished page would follow it; "" if none may be followed. */
export function addressOf(state, parts) {
  const written = state.sliceDoc(parts.url.from, parts.url.to).replace(/^<|>$/g, "").replace(/\\([!-/:-@[-`{-~])/g, "$1");
  if (OPENS.test(written)) return written;
  if (/^www\./i.test(written)) return `https://${written}`;
  return /^[^\s@/:]+@[^\s@/:]+\.\w+$/.test(written) ? `mailto:${written}` : "";
}

const CODE = ["FencedCode", "CodeBlock", "InlineCode"];

export const isCode = (state, at) => Boolean(nodeAround(state, at, CODE));

/** What stands before the words of a line: indentation, quote marks, a list's mark, a checkbox. */
export function lineStart(text) {
  const [, quote] = text.match(/^((?: {0,3}> ?)*)/);
  const rest = text.slice(quote.length);
  const item = rest.match(/^(\s*)([-*+]|\d{1,9}[.)])( +|\t|$)(\[[ xX]\](?: +|$))?/);
  const heading = item ? null : rest.match(/^( {0,3})(#{1,6})( +|$)/);
  return {
    quote,
    indent: item ? item[1] : rest.match(/^\s*/)[0],
    mark: item?.[2] ?? "",
    box: item?.[4]?.trim() ?? "",
    heading: heading?.[2].length ?? 0,
    length: quote.length + (item ?? heading ?? rest.match(/^\s*/))[0].length,
  };
}
