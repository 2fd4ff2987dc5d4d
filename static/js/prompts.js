// The questions of a section, one at a time: a list of them all is read once and answered never.
for (const list of document.querySelectorAll("[data-prompts]")) {
  const questions = [...list.children];
  if (questions.length < 2) continue;
  const steps = document.createElement("div");
  steps.className = "prompt-steps";
  const place = document.createElement("span");
  place.setAttribute("role", "status");
  let at = 0;
  const show = (by) => {
    at = (at + by + questions.length) % questions.length;
    questions.forEach((question, index) => (question.hidden = index !== at));
    place.textContent = `${at + 1} of ${questions.length}`;
  };
  const button = (label, by) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "button", textContent: label });
    made.dataset.size = "small";
    made.addEventListener("click", () => show(by));
    return made;
  };
  steps.append(button("Back", -1), button("Next question", 1), place);
  list.dataset.one = "";
  list.after(steps);
  show(0);
}
