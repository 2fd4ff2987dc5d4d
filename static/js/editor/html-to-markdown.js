// HTML from a clipboard as the Markdown of our texts. The HTML is parsed, never put into a page: nothing in it runs and
// nothing is fetched. Written for what browsers, Google Docs, Word, Confluence and chat programs put there.

const SKIPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "HEAD", "META", "LINK", "TITLE", "NOSCRIPT", "IFRAME", "OBJECT", "SVG", "MATH", "SELECT", "TEXTAREA", "XMP", "AUDIO", "VIDEO", "CANVAS", "COL", "COLGROUP"]);
const BLOCKS = new Set(["ADDRESS", "ARTICLE", "ASIDE", "BLOCKQUOTE", "BODY", "CAPTION", "CENTER", "DD", "DETAILS", "DIV", "DL", "DT", "FIELDSET", "FIGCAPTION", "FIGURE", "FOOTER", "FORM", "H1", "H2", "H3", "H4", "H5", "H6", "HEADER", "HR", "LI", "MAIN", "NAV", "OL", "P", "PRE", "SECTION", "SUMMARY", "TABLE", "TBODY", "TD", "TFOOT", "TH", "THEAD", "TR", "UL"]);
const DEEPEST = 200;
const WIDEST = 50;
const FOLLOWED = /^(https?:\/\/|mailto:)/i;

// What a style says is read, never applied: the page's policy holds in a parsed document too, would leave `element.style`
// empty and report each attribute and each sheet. So they come in under names that mean nothing.
const TAG = /<[a-z][^\s<>"'/]*(?:[^<>"']|"[^"]*"|'[^']*')*>/gi;
const unstyled = (html) => html.replace(TAG, (tag) => tag.replace(/(?<=[\s"'/])style(?=\s*=)/gi, "data-styled")).replace(/<(\/?)style(?=[\s>/])/gi, "<$1xmp");

function styled(element, property) {
  const said = (element.dataset?.styled ?? "").match(new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`, "i"));
  return said ? said[1].replace(/!important/i, "").trim().toLowerCase() : "";
}

const isBlock = (node) => node.nodeType === Node.ELEMENT_NODE && BLOCKS.has(node.tagName);
const hasBlocks = (node) => [...node.childNodes].some((child) => isBlock(child) || (child.nodeType === Node.ELEMENT_NODE && !SKIPPED.has(child.tagName.toUpperCase()) && hasBlocks(child)));

// Words and what marks them.

const escaped = (text) => text.replace(/[\\`*[\]]/g, "\\$&").replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_").replace(/~~/g, "\\~\\~");

const isWhite = (text) => !/[^\s\u00a0\u200b]/.test(text);

// The mark goes around the words, never around the spaces at their ends: `** bold**` is no bold.
function wrapped(text, mark) {
  if (isWhite(text)) return text;
  const [, before, words, after] = text.match(/^(\s*)([\s\S]*?)(\s*)$/);
  return before + words.split("\n").map((line) => (line.trim() && !line.startsWith(mark) ? mark + line.trim() + mark : line)).join("\n") + after;
}

function weightOf(element) {
  const weight = styled(element, "font-weight");
  if (weight) return /^(bold|bolder|[6-9]00)$/.test(weight);
  return ["B", "STRONG"].includes(element.tagName) ? true : null;
}

function slantOf(element) {
  const slant = styled(element, "font-style");
  if (slant) return /italic|oblique/.test(slant);
  return ["I", "EM", "CITE", "DFN", "VAR"].includes(element.tagName) ? true : null;
}

function strikeOf(element) {
  if (/line-through/.test(styled(element, "text-decoration(?:-line)?"))) return true;
  return ["S", "DEL", "STRIKE"].includes(element.tagName) ? true : null;
}

// Marks that are on already are not put a second time, and one that a style takes back is not put at all.
function within(element, marks) {
  const own = { bold: weightOf(element), italic: slantOf(element), strike: strikeOf(element) };
  const added = Object.keys(own).filter((name) => own[name] && !marks[name]);
  const now = { ...marks };
  for (const name of Object.keys(own)) if (own[name] !== null) now[name] = own[name];
  return { added, now };
}

const SIGNS = { bold: "**", italic: "_", strike: "~~" };

const NO_MARKS = { bold: false, italic: false, strike: false };

function inline(node, marks, depth = 0) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data.replace(/[\s\u00a0]+/g, " ").replace(/[\u200b\ufeff\u00ad]/g, ""));
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.tagName.toUpperCase()) || depth > DEEPEST) return "";
  if (node.tagName === "BR") return "\n";
  if (node.tagName === "IMG") return picture(node);
  if (node.tagName === "INPUT") return node.type === "checkbox" ? (node.checked ? "[x] " : "[ ] ") : "";
  if (["CODE", "KBD", "SAMP", "TT"].includes(node.tagName)) return codeSpan(node.textContent);
  const { added, now } = within(node, marks);
  let text = inlines(node, now, depth + 1);
  if (node.tagName === "A") text = anchor(node, text);
  return added.reduce((words, name) => wrapped(words, SIGNS[name]), text);
}

// Neighbours with the same mark are one stretch: programs cut their text into many spans.
const inlines = (node, marks, depth = 0) => join([...node.childNodes].map((child) => inline(child, marks, depth)));

function join(parts) {
  let text = "";
  for (const part of parts) {
    const words = part.trimStart();
    const seam = ["**", "~~", "_"].find((mark) => text.endsWith(mark) && words.startsWith(mark) && !text.endsWith(`\\${mark}`) && isClosing(text, mark));
    const isJoined = seam && !part.slice(0, part.length - words.length).includes("\n");
    text = isJoined ? text.slice(0, -seam.length) + part.replace(seam, "") : text + part;
  }
  return text;
}

const isClosing = (text, mark) => text.length > mark.length && !/\s/.test(text.at(-1 - mark.length)) && text.split(mark).length % 2 === 1;

function codeSpan(text) {
  const words = text.replace(/\s+/g, " ");
  if (!words.trim()) return words;
  const longest = Math.max(0, ...[...words.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const air = /^`|`$/.test(words.trim()) ? " " : "";
  return `${fence}${air}${words.trim()}${air}${fence}`;
}

const target = (address) => address.trim().replace(/[()<>\s\\]/g, (sign) => encodeURIComponent(sign).replace(/[()]/g, (one) => (one === "(" ? "%28" : "%29")));

function anchor(element, text) {
  const address = unwrapped(element.getAttribute("href") ?? "");
  const words = text.trim();
  if (!FOLLOWED.test(address) || !words) return text;
  const plain = element.textContent.trim();
  const isItself = plain === address || `mailto:${plain}` === address;
  const edges = text.match(/^(\s*)[\s\S]*?(\s*)$/);
  return edges[1] + (isItself ? (address.startsWith("mailto:") ? `<${plain}>` : plain) : `[${words.replaceAll("\n", " ")}](${target(address)})`) + edges[2];
}

// Google Docs and mail programs lead every link past themselves.
function unwrapped(href) {
  try {
    const address = new URL(href);
    const real = address.hostname === "www.google.com" && address.pathname === "/url" ? address.searchParams.get("q") : address.hostname.endsWith("safelinks.protection.outlook.com") ? address.searchParams.get("url") : null;
    return real ?? href;
  } catch {
    return href;
  }
}

function picture(element) {
  const address = element.getAttribute("src") ?? "";
  const words = escaped((element.getAttribute("alt") ?? "").replace(/\s+/g, " ").trim());
  // Chat and mail programs draw a sign of feeling as a picture of it.
  if (/^(:[\w+-]+:|\p{Extended_Pictographic}\S*)$/u.test(element.alt)) return element.alt;
  if (/^https?:\/\//i.test(address)) return `[${words || "picture"}](${target(address)})`;
  return words;
}

const isIn = (text, words) => !isWhite(words) && text.includes(words.trim());

// Blocks: each gives lines; an empty line stands between two of them.

const lineStarts = (line) => line.replace(/^(\s*)([#>]|[-+](?=\s|$)|\d{1,9}(?=[.)](\s|$))|=+\s*$|-{2,}\s*$)/, (_, space, sign) => (/\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`));

function paragraph(text) {
  const lines = text.split("\n").map((line) => line.replace(/ +/g, " ").trim());
  while (lines.length && !lines[0]) lines.shift();
  while (lines.length && !lines.at(-1)) lines.pop();
  return lines.map(lineStarts).join("\n");
}

function blocks(node, depth = 0) {
  const found = [];
  let words = [];
  const finish = () => {
    const text = paragraph(join(words));
    if (text) found.push(text);
    words = [];
  };
  for (const child of node.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE && SKIPPED.has(child.tagName.toUpperCase())) continue;
    const isBroken = child.nodeType === Node.ELEMENT_NODE && (isBlock(child) || hasBlocks(child));
    if (!isBroken) words.push(inline(child, NO_MARKS));
    else {
      finish();
      if (depth < DEEPEST) found.push(...block(child, depth + 1));
    }
  }
  finish();
  return found;
}

function block(element, depth) {
  const { tagName } = element;
  const wordList = wordItem(element);
  if (wordList) return [wordList];
  if (/^H[1-6]$/.test(tagName)) return heading(element);
  if (tagName === "PRE") return [fence(element)];
  if (tagName === "BLOCKQUOTE") return quoted(blocks(element, depth));
  if (tagName === "HR") return ["---"];
  if (tagName === "UL" || tagName === "OL") return [list(element, depth)].filter(Boolean);
  if (tagName === "TABLE") return table(element, depth);
  if (tagName === "DT") return [wrapped(paragraph(inlines(element, NO_MARKS)), "**")];
  if (tagName === "P" && !hasBlocks(element)) return [paragraph(inline(element, NO_MARKS))].filter(Boolean);
  const isMarked = weightOf(element) === true && !hasBlocks(element);
  if (isMarked) return [paragraph(wrapped(inlines(element, { ...NO_MARKS, bold: true }), "**"))].filter(Boolean);
  return blocks(element, depth);
}

function heading(element) {
  // A heading is bold by itself.
  const words = paragraph(inlines(element, { ...NO_MARKS, bold: true })).replaceAll("\n", " ").replace(/^\\(?=[-+>\d])/, "");
  return words ? [`${"#".repeat(Math.min(Number(element.tagName[1]), 4))} ${words}`] : [];
}

function fence(element) {
  const text = preformatted(element).replace(/\u00a0/g, " ").replace(/^\n|\s+$/g, "");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const marks = "`".repeat(longest + 1);
  const named = `${element.className} ${element.querySelector("code")?.className ?? ""}`.match(/\b(?:language|lang|brush:?\s?)-?([\w+#-]+)/);
  return `${marks}${named ? named[1] : ""}\n${text}\n${marks}`;
}

function preformatted(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeName === "BR") return "\n";
  const text = [...node.childNodes].map(preformatted).join("");
  return ["DIV", "P", "LI"].includes(node.nodeName) && !text.endsWith("\n") ? `${text}\n` : text;
}

const quoted = (parts) => (parts.length ? [parts.join("\n\n").split("\n").map((line) => (line ? `> ${line}` : ">")).join("\n")] : []);

const indented = (text, by) => text.split("\n").map((line) => (line ? by + line : line)).join("\n");

function list(element, depth) {
  let number = Number(element.getAttribute("start") ?? 1) || 1;
  let lines = [];
  for (const child of element.children) {
    // Google Docs and Word put a nested list beside its item instead of into it.
    if (["UL", "OL"].includes(child.tagName)) {
      const nested = list(child, depth + 1);
      if (nested) lines.push(indented(nested, lines.length ? (element.tagName === "OL" ? "   " : "  ") : ""));
      continue;
    }
    if (child.tagName !== "LI") continue;
    const mark = element.tagName === "OL" ? `${number++}. ` : "- ";
    lines.push(mark + item(child, depth, " ".repeat(mark.length)));
  }
  lines = lines.filter((line) => line.trim());
  return lines.join("\n");
}

function item(element, depth, indent) {
  const isTask = element.hasAttribute("aria-checked") || element.dataset.inlineTaskStatus || element.parentElement?.classList.contains("inline-task-list");
  const isDone = element.getAttribute("aria-checked") === "true" || element.classList.contains("checked") || element.dataset.inlineTaskStatus === "complete";
  const box = isTask ? (isDone ? "[x] " : "[ ] ") : "";
  const parts = depth < DEEPEST ? blocks(element, depth + 1) : [element.textContent.trim()];
  const isLoose = (part, previous) => !/^\s*([-*+]|\d+[.)]) /.test(part) && !/^(```|\|)/.test(part) && previous !== undefined;
  let text = "";
  for (const [index, part] of parts.entries()) {
    const seam = index === 0 ? "" : isLoose(part, parts[index - 1]) ? "\n\n" : "\n";
    text += seam + (index === 0 ? part.replace(/^\\(\[[ xX]\])/, "$1") : indented(part, indent));
  }
  // The first part's own further lines hang, too.
  const [first, ...rest] = text.split("\n");
  const lead = parts[0]?.split("\n").length ?? 1;
  return [box + first, ...rest.map((line, index) => (index < lead - 1 && line ? indent + line : line))].join("\n");
}

// Word writes lists as paragraphs with a style of its own.
function wordItem(element) {
  const list = element.tagName === "P" ? styled(element, "mso-list") : "";
  if (!list) return "";
  const level = Number((list.match(/level(\d)/) ?? [0, 1])[1]);
  const copy = element.cloneNode(true);
  let sign = "";
  for (const ignored of copy.querySelectorAll("[data-styled*='mso-list:Ignore' i], [data-styled*='mso-list: Ignore' i]")) {
    sign ||= ignored.textContent.trim();
    ignored.remove();
  }
  const mark = /^\d+[.)]/.test(sign) ? `${parseInt(sign, 10)}. ` : "- ";
  const words = paragraph(inlines(copy, NO_MARKS)).replaceAll("\n", " ");
  return words ? `${"  ".repeat(Math.min(level, 6) - 1)}${mark}${words}` : "";
}

// Tables.

const cellText = (cell, depth) => blocks(cell, depth + 1).join(" ").replace(/\s*\n\s*/g, " ").replace(/(?<!\\)\|/g, "\\|");

function table(element, depth) {
  const rows = [...element.querySelectorAll("tr")].filter((row) => row.closest("table") === element);
  const cells = rows.map((row) => [...row.children].filter(({ tagName }) => ["TD", "TH"].includes(tagName)));
  const widthOf = (cell) => Math.min(Math.max(cell.colSpan, 1), WIDEST);
  const width = Math.max(0, ...cells.map((row) => row.reduce((sum, cell) => sum + widthOf(cell), 0)));
  // A table of one column only arranges things on a page.
  if (Math.max(0, ...cells.map((row) => row.length)) < 2) return cells.flat().flatMap((cell) => blocks(cell, depth + 1));
  const lines = cells.filter((row) => row.length).map((row) => {
    const texts = row.flatMap((cell) => [cellText(cell, depth), ...Array(widthOf(cell) - 1).fill("")]);
    return `| ${[...texts, ...Array(width - texts.length).fill("")].join(" | ")} |`;
  });
  if (!lines.length) return [];
  const caption = element.querySelector("caption")?.textContent.trim();
  const text = [lines[0], `| ${Array(width).fill("---").join(" | ")} |`, ...lines.slice(1)].join("\n");
  return caption ? [escaped(caption), text] : [text];
}

// Word's items come one by one; a list of them is one block.
function together(parts) {
  const isItem = (part) => /^\s*(- |\d+\. )/.test(part) && !part.includes("\n\n");
  return parts.reduce((text, part, index) => text + (index === 0 ? "" : isItem(part) && isItem(parts[index - 1]) ? "\n" : "\n\n") + part, "");
}

/** `plain`: the same as the clipboard has it in words. A button that is not in it is no part of what was selected. */
export function toMarkdown(html, plain = "") {
  const { body } = new DOMParser().parseFromString(unstyled(html), "text/html");
  for (const button of body.querySelectorAll("button")) if (!isIn(plain, button.textContent)) button.remove();
  return together(blocks(body)).replace(/[ \t]+$/gm, "").trim();
}
