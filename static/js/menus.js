// <details class="menu"> opens by itself; this closes it: on Escape, on a press elsewhere, and when another opens.
const open = () => [...document.querySelectorAll("details.menu[open]")];

document.addEventListener("click", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target) || target.closest(".menu-panel :is(a, [data-dialog-open])")) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details.menu[open]")) return;
  for (const menu of open()) if (menu !== target && !menu.contains(target)) menu.open = false;
}, { capture: true });
