// The page's own forms, brought to where somebody writes: she adds an event or an action and goes on with her sentence.
import { icon } from "./icons.js";

const formOf = (name) => document.querySelector(`form.${name}`);

export const canOpenForm = (name) => Boolean(formOf(name));

const isAnswered = ({ detail }) => detail?.ctx?.response?.status < 400;

export function openForm(name, title, view) {
  const form = formOf(name);
  const home = document.createComment(name);
  const dialog = document.createElement("dialog");
  const body = document.createElement("div");
  dialog.className = "dialog live-form";
  dialog.setAttribute("aria-label", title);
  body.className = "dialog-body";
  form.before(home);
  body.append(form);
  dialog.append(header(title), body);
  document.body.append(dialog);

  // A refused form comes back with what to mend, and stays open.
  const whenSwapped = (event) => isAnswered(event) && dialog.contains(event.target) && dialog.close();
  document.addEventListener("htmx:after:swap", whenSwapped);
  dialog.addEventListener("rowAdded", () => dialog.close());
  dialog.addEventListener("close", () => {
    document.removeEventListener("htmx:after:swap", whenSwapped);
    home.replaceWith(body.querySelector(`form.${name}`) ?? "");
    dialog.remove();
    view.focus();
  });
  dialog.showModal();
  form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
}

function header(title) {
  const made = document.createElement("div");
  const close = document.createElement("button");
  made.className = "dialog-header";
  Object.assign(close, { type: "button", className: "button" });
  close.dataset.variant = "icon";
  close.dataset.dialogClose = "";
  close.setAttribute("aria-label", "Close");
  close.append(icon("delete"));
  made.append(Object.assign(document.createElement("h2"), { textContent: title }), close);
  return made;
}
