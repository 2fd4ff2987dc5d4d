// One sentence below an editor, with at most one thing to do about it; the next one takes its place.
export function notice(element, words, { tone = "info", action = null } = {}) {
  element.querySelector(":scope > .live-notice")?.remove();
  const place = document.createElement("div");
  place.className = "live-notice";
  place.dataset.tone = tone;
  const said = document.createElement("span");
  said.setAttribute("role", tone === "danger" ? "alert" : "status");
  place.append(said);
  if (action) place.append(press(action.words, () => action.press(), place));
  place.append(press("Dismiss", () => {}, place));
  element.append(place);
  // Put in after its place, so that screen readers hear it.
  said.textContent = words;
}

function press(words, act, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.dataset.size = "small";
  button.textContent = words;
  button.addEventListener("click", () => {
    place.remove();
    act();
  });
  return button;
}
