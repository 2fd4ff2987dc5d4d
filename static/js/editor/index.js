// The editor's bundle: the custom element, and for a page of a post-mortem its room even where nobody edits.
import { LiveEditor } from "./element.js";
import { roomOf } from "./room.js";
import { watch } from "./status.js";

const number = document.querySelector("[data-postmortem]")?.dataset.postmortem ?? document.querySelector("live-editor")?.getAttribute("room");
if (number) watch(roomOf(number));
customElements.define("live-editor", LiveEditor);
