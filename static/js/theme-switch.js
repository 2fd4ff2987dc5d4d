// The three buttons of a theme switch; theme.js, which ran before the first paint, keeps the choice.
const theme = window.debriefTheme;

function show() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme.chosen()));
  }
}

for (const element of document.querySelectorAll("[data-theme-switch]")) element.hidden = false;
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-theme-choice]");
  if (!button) return;
  theme.choose(button.dataset.themeChoice);
  show();
});
show();
