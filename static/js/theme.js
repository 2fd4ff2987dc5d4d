// Runs before the first paint, so that a chosen theme never flashes the other one. A classic script: modules come too late.
(() => {
  const KEY = "debrief.theme";
  const SYSTEM_DARK = "screen and (prefers-color-scheme: dark)";
  const media = { dark: "screen", light: "not all", system: SYSTEM_DARK };

  function chosen() {
    try {
      const theme = localStorage.getItem(KEY);
      return theme in media ? theme : "system";
    } catch {
      return "system"; // A browser that refuses storage still gets the system's theme.
    }
  }

  function apply(theme) {
    document.querySelector("link[data-dark-tokens]").media = media[theme];
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  window.debriefTheme = {
    chosen,
    choose(theme) {
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        // The choice then lasts as long as the page.
      }
      apply(theme);
    },
  };
  apply(chosen());
  window.addEventListener("storage", (event) => event.key === KEY && apply(chosen()));
})();
