// What was known then: the buttons of single events move the slider, and Play goes from event to event. The page is asked
// for by the form itself (htmx); without a script its buttons send it.
const BEAT = 2200;
const form = document.querySelector("[data-then]");

if (form) start();

function start() {
  const slider = form.querySelector("[type='range']");
  const play = form.querySelector("[data-then-play]");
  let beat = null;
  const known = () => form.querySelector("[data-then-known]");
  const go = (minute) => {
    slider.value = minute;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const stop = () => {
    clearInterval(beat);
    beat = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  const step = () => (known().dataset.later === "" ? stop() : go(known().dataset.later));
  // The drawing is made for the width that there is.
  const width = form.querySelector("[name='width']");
  new ResizeObserver(() => {
    if (Math.abs(width.value - form.clientWidth) < 20) return;
    width.value = Math.min(4000, Math.max(240, form.clientWidth));
    go(slider.value);
  }).observe(form);
  play.hidden = false;
  form.querySelector(".then-show").hidden = true;
  play.addEventListener("click", () => {
    if (beat) return stop();
    beat = setInterval(step, BEAT);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    return step();
  });
  slider.addEventListener("pointerdown", stop);
  slider.addEventListener("keydown", stop);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-then-minute]");
    if (!button) return;
    event.preventDefault();
    stop();
    go(button.value);
  });
}
