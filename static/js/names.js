/** What a link or button is called, as a screen reader would say it. */
export function nameOf(element) {
  return (element.dataset.command || element.getAttribute("aria-label") || element.textContent).trim().replace(/\s+/g, " ");
}
