// After a form was refused, the reader and the keyboard begin where it says why: [data-focus-on-load].
function focusFirst(root) {
  root.querySelector("[data-focus-on-load]")?.focus();
}

focusFirst(document);
document.addEventListener("htmx:after:swap", ({ target }) => focusFirst(target.parentElement ?? document));
