// Undo takes back what was typed here, by this person, and nothing of what the others wrote meanwhile. The steps are those
// of the shared text, kept as long as the page is open.
import { Annotation, Facet } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import { ySyncAnnotation, ySyncFacet } from "y-codemirror.next";
import * as Y from "yjs";
import { menuAt } from "./menu.js";

const PAUSE = 600;
const TYPED = ["input.type", "delete.backward", "delete.forward"];
// What a command sets right after its own change belongs to the same step, and so does what was typed to choose in a menu.
const FOLLOWS = "input.renumber";

const steps = Facet.define({ combine: (values) => values.at(-1) });
const restored = Annotation.define();

const keeper = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.view = view;
      this.sync = view.state.facet(ySyncFacet);
      this.manager = view.state.facet(steps);
      this.manager.addTrackedOrigin(this.sync);
      this.before = this.here(view.state);
      this.added = ({ stackItem }) => {
        if (!stackItem.meta.has("selection")) stackItem.meta.set("selection", this.before);
        this.tell();
      };
      this.popped = ({ stackItem }) => this.restore(stackItem.meta.get("selection"));
      this.manager.on("stack-item-added", this.added);
      this.manager.on("stack-item-popped", this.popped);
    }

    here(state) {
      const { anchor, head } = state.selection.main;
      // Held by the letter before it: what others write right behind stays behind.
      return [anchor, head].map((at) => Y.createRelativePositionFromTypeIndex(this.sync.ytext, Math.min(at, this.sync.ytext.length), -1));
    }

    // This stands before the plugin that passes the change on: the shared text is still as it was.
    update(update) {
      const isFromOutside = update.transactions.some((one) => one.annotation(ySyncAnnotation) === this.sync);
      if (isFromOutside) return;
      const is = (event) => update.transactions.every((one) => one.isUserEvent(event));
      if (update.docChanged) {
        this.before = this.here(update.startState);
        const isOneStep = is(FOLLOWS) || this.isChoosing || menuAt(update.startState)?.sign;
        this.isChoosing = is("delete.menu");
        if (isOneStep) this.manager.lastChange = Date.now();
        if (isOneStep) return;
        const isTyped = TYPED.some(is);
        if (!isTyped || this.wasCommand) this.manager.stopCapturing();
        this.wasCommand = !isTyped;
      } else if (update.selectionSet && !update.transactions.some((one) => one.annotation(restored))) {
        // Whoever moves the caret and types on begins something new.
        this.manager.stopCapturing();
      }
    }

    step(name) {
      this.before = this.here(this.view.state);
      this.manager[name]();
    }

    restore(selection) {
      const places = selection?.map((one) => Y.createAbsolutePositionFromRelativePosition(one, this.sync.ytext.doc));
      if (places?.every((place) => place?.type === this.sync.ytext)) {
        const [anchor, head] = places.map((place) => Math.min(place.index, this.view.state.doc.length));
        this.view.dispatch({ selection: { anchor, head }, annotations: restored.of(true), effects: EditorView.scrollIntoView(head) });
      }
      this.tell();
    }

    // The toolbar's buttons show whether there is anything to take back.
    tell() {
      queueMicrotask(() => this.view.dom.isConnected && this.view.dispatch({ annotations: restored.of(true) }));
    }

    destroy() {
      this.manager.off("stack-item-added", this.added);
      this.manager.off("stack-item-popped", this.popped);
      this.manager.destroy();
    }
  },
);

const managerOf = (state) => state.facet(steps);

function take(name) {
  return (view) => {
    if (!view.state.readOnly) view.plugin(keeper)?.step(name);
    return true;
  };
}

export const undo = take("undo");
export const redo = take("redo");
export const canUndo = (state) => managerOf(state).undoStack.length > 0;
export const canRedo = (state) => managerOf(state).redoStack.length > 0;

/** Must stand before yCollab, which is to have no undo of its own. */
export function ownUndo(text) {
  return [
    steps.of(new Y.UndoManager(text, { trackedOrigins: new Set(), captureTimeout: PAUSE })),
    keeper,
    EditorView.domEventHandlers({
      beforeinput(event, view) {
        if (event.inputType === "historyUndo") return undo(view);
        return event.inputType === "historyRedo" && redo(view);
      },
    }),
  ];
}
