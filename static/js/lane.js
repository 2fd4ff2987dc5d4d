// The timeline as a line: drawn by the server for the part that is in sight, at the width that there is. Zooming and moving
// are arithmetic on shares of the whole line; what is asked for last is what is shown.
const SETTLES = 700;
const RETRIES = 3000;
const ZOOM = 0.6;
const STEP = 0.25;
const NARROWEST = 0.002;

function start(figure) {
  const lane = new Lane(figure);
  figure.addEventListener("keydown", (event) => lane.whenKey(event));
  figure.addEventListener("wheel", (event) => lane.whenWheel(event), { passive: false });
  figure.addEventListener("click", (event) => lane.whenClicked(event));
  figure.addEventListener("change", (event) => event.target.matches("select") && lane.choose(event.target.value));
  figure.addEventListener("submit", (event) => {
    event.preventDefault();
    lane.choose(figure.querySelector("select").value);
  });
  for (const name of ["timelineChanged", "incidentChanged", "debrief:hello"]) document.body.addEventListener(name, () => lane.askSoon());
  new ResizeObserver(() => lane.fit()).observe(figure);
  lane.dress();
}

class Lane {
  constructor(figure) {
    this.figure = figure;
    this.view = figure.querySelector("select")?.value ?? "";
    this.read();
  }

  get sight() {
    return this.figure.querySelector("[data-lane-sight]");
  }

  get width() {
    return Math.min(4000, Math.max(240, Math.round(this.figure.clientWidth)));
  }

  read() {
    const { left = "0", right = "1" } = this.sight?.dataset ?? {};
    [this.left, this.right] = [Number(left), Number(right)];
  }

  // Asking.

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(this.view ? { view: this.view } : { left: this.left, right: this.right }), SETTLES);
  }

  async ask(wish) {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const query = new URLSearchParams({ ...wish, width: this.width });
      const response = await fetch(`${this.figure.dataset.lane}?${query}`, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (response.ok && !response.headers.has("HX-Redirect")) this.show(await response.text());
    } catch {
      // A newer question took its place, or there is no network: the drawing stays until there is a newer one.
    }
    if (this.asking !== asking) return;
    this.asking = null;
    // A question that failed left a drawing of another width; asked again when the server has had time.
    setTimeout(() => this.fit(), RETRIES);
  }

  show(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const hadFocus = this.sight === document.activeElement;
    const fresh = template.content;
    const tools = this.figure.querySelector("[data-lane-tools]");
    // Whoever is at a button or in the list of views stays there.
    if (tools?.contains(document.activeElement)) fresh.querySelector("[data-lane-tools]")?.replaceWith(this.renewed(tools, fresh));
    const focused = tools?.contains(document.activeElement) ? document.activeElement : null;
    this.figure.replaceChildren(...fresh.childNodes);
    this.read();
    this.dress();
    if (hadFocus) this.sight?.focus();
    focused?.focus();
  }

  renewed(tools, fresh) {
    const [mine, theirs] = [tools.querySelector("select"), fresh.querySelector("select")];
    if (theirs && mine !== document.activeElement) mine.replaceChildren(...theirs.childNodes);
    return tools;
  }

  dress() {
    const buttons = this.figure.querySelector(".lane-buttons");
    if (!buttons) return;
    buttons.hidden = false;
    this.figure.querySelector(".lane-show").hidden = true;
    this.figure.querySelector("select").value = this.view;
  }

  /** The drawing has pixels of its own; where the page gives it others, its words would grow or shrink with it. */
  fit() {
    const drawn = Number(this.sight?.dataset.width ?? this.width);
    if (Math.abs(drawn - this.width) > 8) this.askSoonAt(this.width);
  }

  askSoonAt(width) {
    if (this.asking && this.fitting === width) return;
    this.fitting = width;
    this.ask(this.view ? { view: this.view } : { left: this.left, right: this.right });
  }

  // Views.

  choose(view) {
    this.view = view;
    if (view !== "around") return this.ask(view ? { view } : { left: 0, right: 1 });
    const row = document.querySelector("[data-rows='timeline'] [data-row]:is(:focus-within, [tabindex='0'])");
    this.view = "";
    return this.ask(row ? { view: row.dataset.row } : { left: 0, right: 1 });
  }

  see(left, right) {
    const width = Math.min(1, Math.max(NARROWEST, right - left));
    this.left = Math.min(Math.max(0, left), 1 - width);
    this.right = this.left + width;
    this.view = "";
    this.ask({ left: this.left, right: this.right });
  }

  zoom(factor, at = 0.5) {
    const width = this.right - this.left;
    const middle = this.left + width * at;
    this.see(middle - width * factor * at, middle + width * factor * (1 - at));
  }

  move(share) {
    const by = (this.right - this.left) * share;
    this.see(this.left + by, this.right + by);
  }

  act(what) {
    if (what === "in") this.zoom(ZOOM);
    else if (what === "out") this.zoom(1 / ZOOM);
    else if (what === "back") this.move(-STEP);
    else if (what === "on") this.move(STEP);
    else if (what === "all") this.see(0, 1);
    else if (what === "first") this.see(0, this.right - this.left);
    else this.see(1 - (this.right - this.left), 1);
  }

  whenKey(event) {
    if (event.target !== this.sight || event.ctrlKey || event.metaKey || event.altKey) return;
    const does = { "+": "in", "=": "in", "-": "out", ArrowLeft: "back", ArrowRight: "on", 0: "all", Home: "first", End: "last" }[event.key];
    if (!does) return;
    event.preventDefault();
    this.act(does);
  }

  /** Ctrl and the wheel zoom at the pointer, as a pinch does; a wheel moved sideways moves. Else the page scrolls. */
  whenWheel(event) {
    if (!event.target.closest("[data-lane-sight]")) return;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!event.ctrlKey && !event.metaKey && !isSideways) return;
    event.preventDefault();
    const { left, width } = this.sight.getBoundingClientRect();
    if (isSideways) this.move((event.deltaX || event.deltaY) / width);
    else this.zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - left) / width);
  }

  whenClicked({ target }) {
    const does = target.closest("[data-lane-do]")?.dataset.laneDo;
    if (does) this.act(does);
  }
}

for (const figure of document.querySelectorAll("[data-lane]")) start(figure);
