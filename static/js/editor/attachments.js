// Files come into a text by paste, by drop and by the menus: a placeholder that only their owner sees, then one line of
// Markdown for everybody. A pasted log goes the same way and leaves a link.
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import { filesOf } from "./files.js";
import { looksLikeLog, looksLikeShortTrace } from "./logs.js";
import { isCode } from "./markdown.js";
import { notice } from "./notices.js";
import { shownFiles } from "./shown-files.js";
import { LARGEST_TEXT, refusalOf, Upload } from "./uploads.js";

const began = StateEffect.define();
const ended = StateEffect.define();

class Placeholder extends WidgetType {
  constructor(upload, actions) {
    super();
    Object.assign(this, { upload, actions });
  }

  eq(other) {
    return other.upload === this.upload;
  }

  get estimatedHeight() {
    return 48;
  }

  toDOM(view) {
    const place = document.createElement("div");
    place.className = "live-upload";
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", this.upload.name);
    const show = () => {
      this.fill(place);
      view.requestMeasure();
    };
    this.upload.addEventListener("changed", show);
    place.forget = () => this.upload.removeEventListener("changed", show);
    this.fill(place);
    return place;
  }

  destroy(place) {
    place.forget();
  }

  fill(place) {
    const { upload } = this;
    if (place.dataset.state === upload.state && upload.state === "uploading") {
      place.querySelector("progress").value = upload.percent;
      place.querySelector("span").textContent = this.words();
      return;
    }
    place.dataset.state = upload.state;
    const words = document.createElement("span");
    words.textContent = this.words();
    if (upload.state !== "uploading") words.setAttribute("role", upload.state === "failed" ? "alert" : "status");
    place.replaceChildren(words);
    if (upload.state === "uploading") place.append(Object.assign(document.createElement("progress"), { max: 100, value: upload.percent, ariaLabel: `Uploading ${upload.name}` }));
    if (upload.state === "failed" && upload.mayRetry) place.append(button("Retry", () => upload.start()));
    place.append(button(upload.state === "failed" ? "Remove" : "Cancel", this.actions.remove));
  }

  words() {
    const { state, name, percent, reason } = this.upload;
    if (state === "uploading") return `Uploading ${name}… ${percent} %`;
    return state === "failed" ? (reason.includes(name) ? reason : `${name}: ${reason}`) : `${name} waits for the network; keep this page open.`;
  }

  ignoreEvent() {
    return true;
  }
}

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.dataset.size = "small";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

// Where each upload will arrive, carried along with the text around it.
const places = StateField.define({
  create: () => [],
  update(value, transaction) {
    let list = transaction.docChanged ? value.map((one) => ({ ...one, at: transaction.changes.mapPos(one.at, 1) })) : value;
    for (const effect of transaction.effects) {
      if (effect.is(began)) list = [...list, effect.value];
      if (effect.is(ended)) list = list.filter((one) => one.upload !== effect.value);
    }
    return list;
  },
  provide: (field) =>
    EditorView.decorations.compute([field, "doc"], (state) => {
      const widgets = state.field(field).filter((one) => one.widget);
      return Decoration.set(widgets.map(({ at, widget }) => Decoration.widget({ widget, block: true, side: 3 }).range(state.doc.lineAt(at).to)), true);
    }),
});

const placeOf = (state, upload) => state.field(places).find((one) => one.upload === upload)?.at;

// A file has a line of its own, with an empty one on either side where there are words.
function ownLine(state, at, words) {
  const line = state.doc.lineAt(at);
  if (!line.text.trim()) return { from: line.from, to: line.to, insert: words };
  const next = line.number < state.doc.lines ? state.doc.line(line.number + 1).text.trim() : "";
  return { from: line.to, insert: `\n\n${words}${next ? "\n" : ""}` };
}

// Whoever waits in the empty line goes on below the file, and not in front of it.
function goOnBelow(state, { from, to, insert }) {
  const { head, empty } = state.selection.main;
  if (!empty || head < from || head > (to ?? -1)) return {};
  return { changes: { from, to, insert: `${insert}\n\n` }, selection: { anchor: from + insert.length + 2 }, scrollIntoView: true };
}

class Uploads {
  constructor(room, element) {
    Object.assign(this, { room, element, running: new Set() });
    this.files = filesOf(room.number);
    this.whenLeaving = (event) => this.running.size && event.preventDefault();
    addEventListener("beforeunload", this.whenLeaving);
  }

  get view() {
    return this.element.view;
  }

  // Without the server a log cannot be kept beside the text: then it stays in it.
  get isConnected() {
    return navigator.onLine && ["saved", "saving"].includes(this.room.state);
  }

  end() {
    removeEventListener("beforeunload", this.whenLeaving);
    for (const upload of this.running) upload.stop();
  }

  bring(files, at = this.view.state.selection.main.head) {
    if (this.view.state.readOnly) return;
    for (const file of files) {
      const refusal = refusalOf(file);
      if (refusal) notice(this.element, refusal, { tone: "danger" });
      else this.begin(named(file), at, (upload) => this.arrive(upload, upload.kept.markdown));
    }
  }

  begin(file, at, whenDone, whenFailed) {
    const upload = new Upload(this.files.address, file);
    const widget = new Placeholder(upload, { remove: () => this.forget(upload) });
    this.running.add(upload);
    upload.addEventListener("changed", () => {
      if (upload.state === "done") whenDone(upload);
      if (upload.state === "failed" && whenFailed) whenFailed(upload);
    });
    this.view.dispatch({ effects: began.of({ upload, at, widget }) });
    upload.start();
  }

  forget(upload) {
    upload.stop();
    this.running.delete(upload);
    this.view?.dispatch({ effects: ended.of(upload) });
    this.view?.focus();
  }

  arrive(upload, words, fallback = words) {
    this.running.delete(upload);
    if (upload.kept) this.files.add(upload.kept);
    const { state } = this.view;
    const effects = ended.of(upload);
    if (state.readOnly) {
      this.view.dispatch({ effects });
      notice(this.element, `“${upload.name}” is attached, but this text can no longer be changed.`, { tone: "danger" });
      return;
    }
    const change = ownLine(state, placeOf(state, upload) ?? state.doc.length, upload.kept ? words : fallback);
    this.view.dispatch({ changes: change, effects, userEvent: "input.paste", ...(this.view.hasFocus ? goOnBelow(state, change) : {}) });
  }

  fold(text, range) {
    this.view.dispatch({ changes: range, userEvent: "delete" });
    const file = new File([text], `log-${stamp()}.txt`, { type: "text/plain" });
    const asCode = fenced(text);
    const kept = (upload) => {
      this.arrive(upload, upload.kept.markdown);
      notice(this.element, "Logs are evidence, not narrative: this one is kept beside the text, and the text can say what it shows.", {
        action: { words: "Keep it in the text instead", press: () => this.unfold(upload.kept, asCode) },
      });
    };
    const lost = (upload) => {
      upload.stop();
      this.arrive(upload, asCode);
      notice(this.element, `The log stays in the text: ${upload.reason}`, { tone: "danger" });
    };
    this.begin(file, range.from, kept, lost);
  }

  asCode(text, { from, to }) {
    const { state } = this.view;
    const before = state.doc.lineAt(from);
    const lead = state.sliceDoc(before.from, from).trim() ? "\n\n" : "";
    const insert = `${lead}${fenced(text)}\n`;
    this.view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.paste", scrollIntoView: true });
  }

  unfold(kept, asCode) {
    const { state } = this.view;
    const from = state.doc.toString().indexOf(kept.markdown);
    if (from < 0 || state.readOnly) return;
    this.view.dispatch({ changes: { from, to: from + kept.markdown.length, insert: asCode }, userEvent: "input.paste" });
    this.view.focus();
  }

  paste(event) {
    const data = event.clipboardData;
    const text = data?.getData("text/plain") ?? "";
    const files = [...(data?.files ?? [])];
    if (this.view.state.readOnly) return false;
    // A spreadsheet brings its cells as words and as a picture of them: the words are meant.
    if (files.length && !text.trim()) return this.take(event, () => this.bring(files));
    const { from, to } = this.view.state.selection.main;
    if (!text || isCode(this.view.state, from)) return false;
    if (looksLikeShortTrace(text)) return this.take(event, () => this.asCode(text, { from, to }));
    if (!looksLikeLog(text) || !this.isConnected) return false;
    if (new Blob([text]).size > LARGEST_TEXT) {
      return this.take(event, () => notice(this.element, "This log is larger than 2 MB and was not pasted: paste the lines that matter.", { tone: "danger" }));
    }
    return this.take(event, () => this.fold(text, { from, to }));
  }

  drop(event) {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length || this.view.state.readOnly) return false;
    const at = this.view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? undefined;
    return this.take(event, () => this.bring(files, at));
  }

  take(event, act) {
    event.preventDefault();
    act();
    return true;
  }
}

const two = (number) => String(number).padStart(2, "0");

function stamp() {
  const now = new Date();
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

// A screenshot from the clipboard has no name of its own.
function named(file) {
  if (file.name && !/^image\.\w+$/.test(file.name)) return file;
  return new File([file], `picture-${stamp()}.${file.type.split("/")[1] ?? "png"}`, { type: file.type });
}

function fenced(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.replace(/\r\n?/g, "\n").replaceAll("\0", "").toWellFormed().replace(/\n+$/, "")}\n${fence}`;
}

export function attachments(room, text, name, element) {
  const uploads = ViewPlugin.define(
    () => {
      const own = new Uploads(room, element);
      element.uploadFiles = (files, at) => own.bring([...files], at);
      return { own, destroy: () => own.end() };
    },
    {
      eventHandlers: {
        paste(event) {
          return this.own.paste(event);
        },
        drop(event) {
          return this.own.drop(event);
        },
      },
    },
  );
  return [Prec.high(uploads), places, shownFiles(room.number)];
}
