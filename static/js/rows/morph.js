// A row takes on what the server says it is now, without losing what people do in it: elements stay the same ones wherever
// they can, and so keep focus and caret; an editor that stands in the row is not touched.
const OURS = "[data-row-editor], [data-row-state]";
// What a page has put on a row itself, and who edits it.
const isKept = (name) => ["tabindex", "role", "data-editing", "data-gone", "data-edited-by", "data-person"].includes(name) || name.startsWith("aria-");
const isOurs = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(OURS);

export function parseRow(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("[data-row]");
}

export function renew(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !isKept(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const mine = [...old.childNodes].filter((node) => !isOurs(node));
  const theirs = [...fresh.childNodes].filter((node) => !isOurs(node));
  if (mine.length !== theirs.length || mine.some((node, index) => node.nodeName !== theirs[index].nodeName)) {
    old.replaceChildren(...theirs);
    return;
  }
  mine.forEach((node, index) => {
    const wanted = theirs[index];
    if (node.nodeType === Node.ELEMENT_NODE) renew(node, wanted);
    else if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
  });
}

/** Put the children of a list in this order, moving as few as can be and never the one that holds the focus. */
export function arrange(list, wanted) {
  const keep = new Set(wanted);
  for (const node of [...list.childNodes]) if (!keep.has(node)) node.remove();
  const held = wanted.findIndex((node) => node.contains(document.activeElement));
  let next = held < 0 ? null : wanted[held];
  for (const node of wanted.slice(0, held < 0 ? undefined : held).reverse()) {
    if (node.parentNode !== list || node.nextSibling !== next) list.insertBefore(node, next);
    next = node;
  }
  if (held < 0) return;
  let last = wanted[held];
  for (const node of wanted.slice(held + 1)) {
    if (last.nextSibling !== node) list.insertBefore(node, last.nextSibling);
    last = node;
  }
}
