// Reads a JSON list of texts from standard input, and answers with a list of yes and no.
import { readFileSync } from "node:fs";
import { looksLikeLog } from "../../static/js/editor/logs.js";

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(looksLikeLog)));
