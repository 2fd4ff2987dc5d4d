"""Lines that programs write, whose stamp does not stand alone at the start: syslog, access logs, glog, logfmt."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from integrations.documents.stamps import Stamp, read_stamp

from .moments import instant, plain_order

_SYSLOG = re.compile(
    r"^(?:<\d{1,3}>)?(?P<at>[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) (?P<host>[\w.\-]+) (?P<tag>[\w./\-]+)(?:\[\d+\])?: (?P<text>.*)"
)
_SYSLOG_NEW = re.compile(
    r"^<\d{1,3}>\d (?P<at>\d{4}-\S+) (?P<host>\S+) (?P<tag>\S+) \S+ \S+ (?:-|(?:\[[^\]]*\])+) ?(?P<text>.*)"
)
_ACCESS = re.compile(
    r"^(?P<host>[\w.:\-]+) \S+ (?P<user>\S+) \[(?P<at>\d{1,2}/[A-Z][a-z]{2}/\d{4}:[\d:]{8} [+\-]\d{4})\] (?P<text>.*)"
)
_GLOG = re.compile(
    r"^(?P<level>[IWEF])(?P<month>\d{2})(?P<day>\d{2}) (?P<at>\d{2}:\d{2}:\d{2})\.\d+ +\d+ (?P<host>[\w.]+:\d+)\] (?P<text>.*)"
)
# Seconds or milliseconds since 1970, between 2001 and 2033: other numbers of ten digits are ids.
_EPOCH = re.compile(r"^\[?(?P<at>1\d{9}(?:\.\d{1,9})?|1\d{12})\]?[:,]?\s+(?P<text>\S.*)")
_PAIRS = re.compile(
    r'(?:^|\s)(?P<key>time|ts|t|timestamp|msg|message|level|lvl|logger|caller|service)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S+))'
)


@dataclass
class Said:
    """One entry as it stands in the text."""

    stamp: Stamp
    number: int
    who: str = ""
    lines: list[str] = field(default_factory=list)
    is_header: bool = False
    at: datetime | None = None

    @property
    def text(self) -> str:
        return "\n".join(line for line in self.lines if line.strip()).strip()


def log_line(number: int, line: str) -> Said | None:
    """Lines that programs write, whose stamp does not stand alone at the start."""
    if line[:1] == "<" or line[:1].isupper():
        for pattern in (_SYSLOG_NEW, _SYSLOG, _GLOG):
            if match := pattern.match(line):
                return _logged(number, match)
    if match := _ACCESS.match(line):
        return _logged(number, match)
    if (match := _EPOCH.match(line)) and (at := instant(match["at"])):
        stamp = read_stamp(f"{at:%Y-%m-%d %H:%M:%S} UTC")
        return Said(stamp, number, "", [match["text"]]) if stamp else None
    return _pairs(number, line) if "=" in line[:200] else None


def _logged(number: int, match: re.Match[str]) -> Said | None:
    found = match.groupdict()
    written = found["at"]
    if found.get("month"):
        written = f"{found['month']}/{found['day']} {written}"
    stamp = read_stamp(plain_order(written))
    if stamp is None:
        return None
    if found.get("month"):
        stamp = replace(stamp, month=int(found["month"] or 0), day=int(found["day"] or 0), numbers=None)
    host, tag = found.get("host") or "", found.get("tag") or ""
    return Said(stamp, number, f"{host} {tag}".strip() if tag != "-" else host, [found["text"] or ""])


def _pairs(number: int, line: str) -> Said | None:
    found = {match["key"]: match["quoted"] or match["bare"] or "" for match in islice(_PAIRS.finditer(line), 12)}
    written = next((found[name] for name in ("time", "ts", "timestamp", "t") if name in found), "")
    text = found.get("msg") or found.get("message") or ""
    stamp = read_stamp(written) if written and text else None
    if stamp is None or not stamp.has_clock:
        return None
    level = found.get("level") or found.get("lvl") or ""
    who = found.get("service") or found.get("logger") or ""
    return Said(
        stamp, number, who, [f"{level.upper()} {text}" if level and level.lower() not in {"info", "notice"} else text]
    )
