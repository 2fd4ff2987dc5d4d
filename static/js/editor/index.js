// The editor's bundle: the custom element, and for a page of a post-mortem its room even where nobody edits.
import { catchUp } from "./catch-up.js";
import { LiveEditor } from "./element.js";
import { Follow } from "./follow.js";
import { tellWhereIAm } from "./here.js";
import { watchBoxes } from "./mentions.js";
import { showPresence } from "./presence.js";
import { watchReading } from "./reading.js";
import { roomOf } from "./room.js";
import { markRows } from "./rowmarks.js";
import { showSaving, showVersion } from "./status.js";
import { offerStranded } from "./stranded.js";
import { tellOfTexts } from "./texts.js";
import { watchThreads } from "./threads.js";

function watch(room) {
  showSaving(room);
  showVersion(room);
  offerStranded(room);
  showPresence(room, new Follow(room));
  tellWhereIAm(room);
  markRows(room);
  tellOfTexts(room);
  watchThreads(room);
  watchReading(room);
  watchBoxes();
  catchUp(room);
}

const number = document.querySelector("[data-postmortem]")?.dataset.postmortem ?? document.querySelector("live-editor")?.getAttribute("room");
if (number) watch(roomOf(number));
customElements.define("live-editor", LiveEditor);
