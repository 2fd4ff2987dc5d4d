// data-dialog-open="id" opens a dialog, data-dialog-close closes the one around it. A <dialog data-open-on-load> that
// arrives by HTMX opens itself; the event `dialogDone` (an HX-Trigger of the server) closes whatever is open.
// hx-confirm="…" and <form data-confirm="…"> ask in our own dialog; data-confirm-verb names the button.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
  if (event.target.matches("dialog.dialog[open]") && isOutside(event.target, event)) event.target.close();
});

function isOutside(dialog, { clientX, clientY, detail }) {
  const box = dialog.getBoundingClientRect();
  const within = clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
  return detail > 0 && !within; // detail is 0 when Enter "clicked": that has no place on the screen.
}

document.addEventListener("dialogDone", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
});

document.addEventListener("htmx:after:swap", () => {
  for (const dialog of document.querySelectorAll("dialog[data-open-on-load]:not([open])")) {
    dialog.removeAttribute("data-open-on-load");
    dialog.showModal();
  }
});

const question = document.getElementById("confirm");

export function ask(text, verb) {
  question.querySelector("h2").textContent = text;
  question.querySelector("[data-confirm-yes]").textContent = verb ?? "Yes, go on";
  question.returnValue = "no";
  question.showModal();
  return new Promise((resolve) =>
    question.addEventListener("close", () => resolve(question.returnValue === "yes"), { once: true }),
  );
}

document.addEventListener("htmx:confirm", async (event) => {
  event.preventDefault();
  const { ctx, issueRequest, dropRequest } = event.detail;
  const agreed = await ask(ctx.confirm, ctx.sourceElement.dataset.confirmVerb);
  if (agreed) issueRequest();
  else dropRequest();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.agreed) return;
  event.preventDefault();
  event.stopPropagation();
  const { submitter } = event;
  if (!(await ask(form.dataset.confirm, form.dataset.confirmVerb))) return;
  form.dataset.agreed = "true";
  form.requestSubmit(submitter);
  delete form.dataset.agreed;
}, { capture: true });
