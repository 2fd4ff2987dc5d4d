// A <select data-options-from="timeline"> offers the rows of another list as they stand on the page at this moment.
export function offerRows(select, chosen) {
  const rows = [...document.querySelectorAll(`[data-rows="${select.dataset.optionsFrom}"] [data-row]`)];
  const options = rows.map((row) => {
    const clock = row.querySelector("time")?.textContent ?? "";
    const words = row.querySelector("[data-field='text']").textContent;
    return new Option(`${clock} ${words.length > 50 ? `${words.slice(0, 49)}…` : words}`, row.dataset.row.split("-").at(-1));
  });
  select.replaceChildren(new Option("About no single event", ""), ...options);
  select.value = chosen;
  if (select.selectedIndex < 0) select.value = "";
}

export function watchChoices() {
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("form select[data-options-from]")) offerRows(target, target.value);
  });
}
