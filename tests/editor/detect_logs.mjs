// Reads a JSON list of texts from standard input, and answers with a list of yes and no: is it a log, or with the argument
// `short`, is it a trace that is too short to be one?
import { readFileSync } from "node:fs";
import { looksLikeLog, looksLikeShortTrace } from "../../static/js/editor/logs.js";

const ask = process.argv[2] === "short" ? looksLikeShortTrace : looksLikeLog;
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(ask)));
