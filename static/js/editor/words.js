// Words that ask who instead of what are marked to whoever has just typed them, and to nobody else in the room: a moment
// after the last key the paragraph at the caret is looked through. The server knows the words, keeps nothing, and a network
// that is away only means that nothing is marked.
import { ViewPlugin } from "@codemirror/view";
import { ySyncAnnotation } from "y-codemirror.next";
import { token } from "../token.js";

const AFTER = 1_500;
const MOST = 4_000;

const isOurs = (transaction) => transaction.isUserEvent("input") || transaction.isUserEvent("delete");
const isTyped = (transaction) => transaction.docChanged && isOurs(transaction) && !transaction.annotation(ySyncAnnotation);

function paragraphAt(state) {
  const { doc, selection } = state;
  const line = doc.lineAt(selection.main.head);
  const isBlank = (number) => !doc.line(number).text.trim();
  let [first, last] = [line.number, line.number];
  while (first > 1 && !isBlank(first - 1) && line.to - doc.line(first - 1).from < MOST) first--;
  while (last < doc.lines && !isBlank(last + 1) && doc.line(last + 1).to - doc.line(first).from < MOST) last++;
  return doc.sliceString(doc.line(first).from, Math.min(doc.line(last).to, doc.line(first).from + MOST));
}

export const words = (host) =>
  ViewPlugin.fromClass(
    class {
      asked = "";
      waiting = 0;

      // The paragraph as it is now: what others write into it meanwhile is theirs to hear of.
      update({ transactions, state }) {
        if (!transactions.some(isTyped)) return;
        const text = paragraphAt(state);
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.ask(text), AFTER);
      }

      async ask(text) {
        const place = host.closest("[data-words]")?.querySelector("[data-word-hints]");
        if (!place || text === this.asked) return;
        this.asked = text;
        const html = text.trim() ? await this.answer(place.dataset.wordHints, text) : "";
        if (html === null || text !== this.asked) return; // Overtaken by a later question.
        place.innerHTML = html;
        place.hidden = !html.trim();
      }

      async answer(url, text) {
        try {
          const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ text }) });
          return answer.ok && !answer.redirected ? await answer.text() : null;
        } catch {
          return null;
        }
      }

      destroy() {
        clearTimeout(this.waiting);
      }
    },
  );
