// The few marks people use, as buttons and as the keys their fingers know.
import { EditorSelection } from "@codemirror/state";

function around(mark, sample) {
  return ({ state, dispatch }) => {
    const width = mark.length;
    const change = state.changeByRange(({ from, to }) => {
      const isMarked = state.sliceDoc(from - width, from) === mark && state.sliceDoc(to, to + width) === mark;
      if (isMarked) {
        const changes = [{ from: from - width, to: from }, { from: to, to: to + width }];
        return { changes, range: EditorSelection.range(from - width, to - width) };
      }
      const words = from === to ? sample : state.sliceDoc(from, to);
      return {
        changes: { from, to, insert: mark + words + mark },
        range: EditorSelection.range(from + width, from + width + words.length),
      };
    });
    dispatch(state.update(change, { userEvent: "input", scrollIntoView: true }));
    return true;
  };
}

// Every line that the selection touches gets the mark, or loses it when all have it.
function ofLines(pattern, mark) {
  return ({ state, dispatch }) => {
    const { from, to } = state.selection.main;
    const touched = [];
    for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
      touched.push(line);
      if (line.to >= to || line.number === state.doc.lines) break;
    }
    const isMarked = touched.every((line) => pattern.test(line.text));
    const changes = touched.map((line, index) => {
      const old = line.text.match(pattern)?.[0].length ?? 0;
      return { from: line.from, to: line.from + old, insert: isMarked ? "" : mark(index) };
    });
    dispatch(state.update({ changes, userEvent: "input", scrollIntoView: true }));
    return true;
  };
}

function link({ state, dispatch }) {
  const { from, to } = state.selection.main;
  const words = state.sliceDoc(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(words);
  const label = isAddress || !words ? "words" : words;
  const address = isAddress ? words : "https://";
  const insert = `[${label}](${address})`;
  const selection = isAddress
    ? EditorSelection.range(from + 1, from + 1 + label.length)
    : EditorSelection.range(from + label.length + 3, from + insert.length - 1);
  dispatch(state.update({ changes: { from, to, insert }, selection, userEvent: "input", scrollIntoView: true }));
  return true;
}

const ACTIONS = [
  { name: "Bold", sign: "B", key: "Mod-b", run: around("**", "bold") },
  { name: "Italic", sign: "I", key: "Mod-i", run: around("_", "italic") },
  { name: "Heading", sign: "H", key: "Mod-Alt-1", run: ofLines(/^#{1,6} +/, () => "### ") },
  { name: "List", sign: "•", key: "Mod-Shift-8", run: ofLines(/^\s*[-*+] +/, () => "- ") },
  { name: "Numbered list", sign: "1.", key: "Mod-Shift-7", run: ofLines(/^\s*\d+[.)] +/, (index) => `${index + 1}. `) },
  { name: "Link", sign: "Link", key: "Mod-k", run: link },
  { name: "Code", sign: "</>", key: "Mod-e", run: around("`", "code") },
];

export const toolbarKeys = ACTIONS.map(({ key, run }) => ({ key, run, preventDefault: true }));

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const spoken = (key) => key.replace("Mod", isMac ? "⌘" : "Ctrl").replaceAll("-", isMac ? "" : "+");

// One stop for Tab; the arrows move inside, as in every toolbar. `editor()` is the view to act on.
export function makeToolbar(label, editor) {
  const bar = document.createElement("div");
  bar.className = "live-toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Marks for ${label}`);
  for (const [index, action] of ACTIONS.entries()) bar.append(makeButton(action, index, editor));
  bar.addEventListener("keydown", (event) => moveInside(event, bar, editor));
  return bar;
}

function makeButton(action, index, editor) {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = index === 0 ? 0 : -1;
  button.dataset.mark = action.name.toLowerCase().replace(" ", "-");
  button.title = `${action.name} (${spoken(action.key)})`;
  button.setAttribute("aria-label", action.name);
  button.setAttribute("aria-keyshortcuts", action.key.replace("Mod", isMac ? "Meta" : "Control").replaceAll("-", "+"));
  button.textContent = action.sign;
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    action.run(editor());
    editor().focus();
  });
  return button;
}

function moveInside(event, bar, editor) {
  const buttons = [...bar.children];
  const at = buttons.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (event.key === "Escape") editor().focus();
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = buttons[(to + buttons.length) % buttons.length];
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next.focus();
}
