// The one script of every page. Each module attaches itself to a data- attribute and does nothing where there is none.
import "./requests.js";
import "./device-care.js";
import "./dialogs.js";
import "./focus.js";
import "./left-words.js";
import "./menus.js";
import "./outline.js";
import "./palette.js";
import "./prompts.js";
import "./relative-times.js";
import "./lane.js";
import "./rows/index.js";
import "./shortcuts.js";
import "./steps.js";
import "./tabs.js";
import "./theme-switch.js";
import "./toasts.js";
