// Where I am, told to the others: the section in front of me, and the row that I am editing. Cursors tell for themselves.
export function tellWhereIAm(room) {
  room.place({ reading: document.querySelector("live-editor") === null });
  tellSection(room);
  tellRow(room);
}

// The section that reaches a third down the window or further: the one that is being read, or about to be.
function tellSection(room) {
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
    const current = [...document.querySelectorAll(".document-section")].find((section) => seen.has(section));
    room.viewed = current?.id ?? null;
    if (!room.awareness.getLocalState()?.cursor) room.place({ section: room.viewed });
  }, { rootMargin: "-30% 0px 0px 0px" });
  const watch = () => {
    observer.disconnect();
    seen.clear();
    for (const section of document.querySelectorAll(".document-section")) observer.observe(section);
  };
  watch();
  document.addEventListener("htmx:after:swap", watch);
}

function tellRow(room) {
  const tell = () => {
    const row = document.activeElement?.closest("[data-row]")?.dataset.row ?? null;
    room.place({ row });
  };
  // After a swap the focus may have gone with what was swapped, and no event says so.
  for (const kind of ["focusin", "focusout", "htmx:after:swap"]) document.addEventListener(kind, () => setTimeout(tell));
}
