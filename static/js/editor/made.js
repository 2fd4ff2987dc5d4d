// Small builders for what the editor adds to a page.
export function make(name, { text, className, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function button(text, whenPressed, attributes = {}) {
  const made = make("button", { type: "button", className: "button", "data-size": "small", text, ...attributes });
  made.addEventListener("click", whenPressed);
  return made;
}

export function announce(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

/** Make the children of `parent` stand for `things`, touching only what differs: focus and open menus survive. */
export function sync(parent, things, keyOf, makeOne, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const thing of things) {
    const key = String(keyOf(thing));
    const child = old.get(key) ?? makeOne(thing);
    old.delete(key);
    child.dataset.key = key;
    update(child, thing);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}
