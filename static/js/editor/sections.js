/** A section of the page by its key; its id may be another one. */
export const sectionOf = (key) => document.querySelector(`[data-words="${CSS.escape(key ?? "")}"]`);
