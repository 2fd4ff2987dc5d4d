// Whether pasted words are a log or a stack trace: evidence, which is kept beside the text and not in it. Nothing here knows
// the page. In doubt it is not one: folding away what somebody wrote is worse than leaving a log in.
export const FEWEST_LINES = 15;
const FEWEST_LINES_OF_TRACE = 3;
const MOST_LINES_LOOKED_AT = 400;

const LEVEL = /(?:^|[\s[(<|"])(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|SEVERE|PANIC)(?=$|[\s\])>|:",])/;
const INSTANT = /^[[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?/;
const EXACT_INSTANT = /^[[(]?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d[.,]\d{3,}/;
const FIELDS = /(?:^|\s)[\w.-]{2,}=\S+.*\s[\w.-]{2,}=\S+|\[[\w./:$-]+\]|\b[\w-]+\[\d+\]:|\bpid[= ]\d+/;

// Each of these is a line that only a machine writes.
const ENTRIES = [
  EXACT_INSTANT,
  /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \S+ \S+?(?:\[\d+\])?:/, // syslog
  /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+/, // klog
  /^\S+ \S+ \S+ \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "/, // access logs
  /^\{"(?:[^"\\]|\\.)*":.*\}$/, // one JSON object a line
  /^(?:\[\s*\d+\.\d{6}\] |<\d>)/, // kernel
];
const FRAMES = [
  /^\s+at .+(?:\(.*\)|:\d+)/, // Java, JavaScript, C#
  /^\s*File ".+", line \d+/, // Python
  /^\s+\S+\.(?:go|rs|c|cc|cpp|h|rb|php|ex|exs|swift|kt):\d+/, // Go and its relatives
  /^(?:goroutine \d+ \[|created by \S+)/,
  /^\S+\/\S+\.\S+\(.*\)$/, // a function of Go with its arguments
  /^\s+from \S+:\d+:in /, // Ruby
  /^#\d+ +(?:0x[\da-f]+ in |\S+\()/, // gdb, PHP
  /^\s*\d+: +(?:0x[\da-f]+ - )?[\w:<>]+::/, // Rust
  /^\s*\.\.\. \d+ (?:more|common frames)/,
];
const HEADS =
  /^(?:Traceback \(most recent call last\)|(?:Exception in thread|Caused by:|Suppressed:|panic:|fatal error:|Unhandled|Uncaught) ?|thread '.*' panicked at|(?:[\w$]+[.:])*[A-Z]\w*(?:Error|Exception|Warning)\b)/;
const WRITTEN_BY_A_PERSON = /^\s*(?:[-*+] |\d{1,3}[.)] |\||> |#{1,6} |```|~~~)/;

const isFenced = (lines) => /^\s*(?:```|~~~)/.test(lines[0]);

function isEntry(line) {
  if (WRITTEN_BY_A_PERSON.test(line)) return false;
  return ENTRIES.some((pattern) => pattern.test(line)) || ((INSTANT.test(line) || /^[[(<]?[A-Z]{4,8}[\])>:]/.test(line)) && (LEVEL.test(line) || FIELDS.test(line)));
}

const isFrame = (line) => FRAMES.some((pattern) => pattern.test(line));
const isHead = (line) => HEADS.test(line.trim());
const linesOf = (text) => text.split(/\r\n?|\n/).filter((line) => line.trim());

export function looksLikeLog(text) {
  const lines = linesOf(text);
  if (lines.length < FEWEST_LINES || isFenced(lines)) return false;
  const seen = lines.slice(0, MOST_LINES_LOOKED_AT);
  const share = (test) => seen.filter(test).length / seen.length;
  const frames = share(isFrame);
  // Frames of some languages take two lines each, the second one being code.
  if (seen.some(isHead) ? frames >= 0.3 : frames >= 0.6) return true;
  return share((line) => isEntry(line) || isFrame(line) || HEADS.test(line)) >= 0.6;
}

/** A trace too short to be kept beside the text: in it, it is code, or its lines would run together. */
export function looksLikeShortTrace(text) {
  const lines = linesOf(text);
  if (lines.length < FEWEST_LINES_OF_TRACE || lines.length >= FEWEST_LINES || isFenced(lines)) return false;
  return lines.some(isHead) && lines.filter(isFrame).length / lines.length >= 0.2 && !lines.some((line) => WRITTEN_BY_A_PERSON.test(line));
}
