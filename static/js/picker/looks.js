// How people look in a picker, and where their names have the letters that were typed.
const ICONS = document.querySelector("use[href*='icons']")?.getAttribute("href").split("#")[0] ?? "";

// As the server folds, or the letters set apart would be others than those found.
const OTHERWISE = { ß: "ss", æ: "ae", œ: "oe", þ: "th", ø: "o", ł: "l", đ: "d", ð: "d", ı: "i" };
const plain = (words) => words.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export const fold = (words) => plain(words).replace(/[ßæœþøłđðı]/g, (letter) => OTHERWISE[letter]);

export function made(name, className, text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

export function faceOf({ initials, color, is_team: isTeam }) {
  if (isTeam || !initials) return icon(isTeam ? "people" : "person");
  const face = made("span", "avatar", initials);
  face.dataset.person = color;
  face.dataset.size = "small";
  face.setAttribute("aria-hidden", "true");
  return face;
}

/** The name, with the beginnings of its words that somebody has typed set apart. */
export function marked(name, words) {
  const typed = fold(words).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const shown = made("span", "picker-name");
  for (const part of name.split(/(?<=[^\p{L}\p{N}])(?=[\p{L}\p{N}])/u)) {
    const begun = typed.find((word) => fold(part).startsWith(word));
    if (begun) shown.append(made("mark", "", part.slice(0, begun.length)), part.slice(begun.length));
    else shown.append(part);
  }
  return shown;
}
