"""A time at the start of a text, in the many ways people write one."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from functools import lru_cache

from .calendar_words import MONTHS, SHORT_WEEKDAYS, WEEKDAYS, ZONE, zone_named

# A stamp stands at the start: looking no further also bounds the time that any pattern below can take.
REACH = 140


@dataclass(frozen=True)
class Stamp:
    """What was understood; None where nothing was said. `end` is where the text after it begins."""

    written: str = ""
    end: int = 0
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hour: int | None = None
    minute: int = 0
    second: int = 0
    zone: tzinfo | None = None
    until: str = ""
    is_vague: bool = False
    is_prose: bool = False
    is_span: bool = False
    after: timedelta | None = None
    day_number: int | None = None
    numbers: tuple[int, int] | None = None  # 5/6 with no year: which is the month is for the document to say

    @property
    def has_clock(self) -> bool:
        return self.hour is not None or self.after is not None

    @property
    def has_date(self) -> bool:
        return self.day is not None or self.numbers is not None or self.day_number is not None

    @property
    def is_exact(self) -> bool:
        """Nothing is lost when the instant alone is kept."""
        return (
            self.has_clock and not self.until and not self.is_vague and self.after is None and self.day_number is None
        )


_SPACE = r"[ \t\u00a0\u202f\u3000]"
_DECOR = re.compile(r"(?:[\s*_`<\[({（【「>|\u00a0\u3000=•·–—-]|~~|&nbsp;|<[a-z]{1,6}>|\\)*")
_CLOSE = re.compile(
    r"(?:[*_`>\])}）】」,:：;.]|~~|&nbsp;|</[a-z]{1,6}>|\\|&gt;| ?\}\})*(?:[\s\u00a0\u3000]*(?:[|:：=•·–—→-]+|&nbsp;|"
    r"-?&gt;))*[\s\u00a0\u3000]*"
)
_GLUE = re.compile(
    r"(?:[\s*_`,@|/\[\](（)）T\u00a0\u3000・~≈–—-]|\bat\b|\bon\b|\bum\b|\bà\b|\ba las\b|\bde\b|\bden\b|\balle\b|"
    r"\bla\b|\bkl\b\.?|ore\b|の)*",
    re.I,
)
_LEAD = re.compile(
    r"(?P<vague>~|≈|≃|±|ca?\.|circa|around|about|approximately|approx\.?|roughly|before|after|since|by|until|early|late|"
    r"gegen|etwa|rund|vor|nach|seit|ab|vers|environ|avant|après|depuis|hacia|sobre|antes|desde|約|およそ|大约|约)"
    r"(?![A-Za-z])|(?P<prose>at|on|from|between|starting|am|um|vom|von|zwischen|entre|le|à|el|a las|em|às|alle|"
    r"dal|в|около)\b|"
    r"(?P<label>date|time|timestamp|when|datum|uhrzeit|zeit|heure|hora|fecha|日時|時刻)\b\s*[:：]",
    re.I,
)
_TRAILING_VAGUE = re.compile(
    r"\s*(?P<word>以前|以降|頃|ごろ|左右|前後|\?+|-?ish\b|or so\b|approx\.?|\(approx(?:imately|\.)?\)|ca\.)", re.I
)

_WORD = r"[^\W\d_]{3,12}"
_DATES = [
    re.compile(r"(?P<y>(?:19|20)\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"),
    re.compile(r"(?:(?P<y>(?:19|20)\d{2})\s?[年년]\s?)?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号]"),
    re.compile(r"(?P<y>(?:19|20)\d{2})[-/. ](?P<name>" + _WORD + r")[-/. ](?P<d>\d{1,2})(?!\d)"),
    re.compile(
        r"(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?:\s?[-–]\s?\d{1,2}(?:st|nd|rd|th|\.)?(?= "
        r"?[A-Za-z]{3}))?[ \-/]?(?:of |de |del )?(?P<name>" + _WORD + r")\.?"
        r"(?:,?[ \-/](?:de |del )?(?P<y>(?:19|20)\d{2})(?!\d|:\d)|,? ?['’](?P<yy>\d{2})\b|"
        r"[\-/](?P<yy2>\d{2})(?![\d:]))?",
        re.I,
    ),
    re.compile(
        r"(?P<name>"
        + _WORD
        + r")\.?[ \-]?(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:\s?[-–]\s?\d{1,2}(?:st|nd|rd|"
        r"th)?(?=,? (?:19|20)\d{2}))?"
        r"(?:,? ?-?(?P<y>(?:19|20)\d{2})(?!\d|:\d)|,? ['’](?P<yy>\d{2})\b)?",
        re.I,
    ),
    re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y4>(?:19|20)\d{2}|\d{2})(?![\d:]|\.\d)"),
    re.compile(r"(?P<a>\d{1,2})(?P<sep>\.)(?P<b>\d{1,2})\.(?!\d)"),
    re.compile(
        r"(?P<a>\d{1,2})(?P<sep>[-/])(?P<b>\d{1,2})(?=,?"
        + _SPACE
        + r"{1,3}(?:at |~|ca\.? )?\d{1,2}[:.h]\d{2}|\s*[\])]|\s*$|:?\*\*|\s+[-–—:]\s|\s*:\s)"
    ),
]
_AMPM = r"(?P<half>[ap]\.? ?m\b\.?|(?<=\d)[ap]\b)"
_TIMES = [
    re.compile(
        r"(?P<h>\d{1,2})[:：](?P<m>\d{2}|\d[xX?]|[xX?]{2})(?:[:：](?P<s>\d{2})(?:[.,]\d{1,9})?)?(?![\d])"
        r"(?:" + _SPACE + r"{0,2}" + _AMPM + r"|\s?(?:Uhr|hrs?|hours|h|heures|horas|ч)(?![a-z])\.?)?",
        re.I,
    ),
    re.compile(
        r"(?P<cjk>午前|午後|上午|下午|凌晨|早上|晚上|오전|오후)\s?(?P<h>\d{1,2})(?:[:：]|\s?[時时点點시]\s?)"
        r"(?P<m>\d{1,2})?(?:\s?[分분])?(?!\d)"
    ),
    re.compile(r"(?P<h>\d{1,2})\s?[時时点點시]\s?(?:(?P<m>\d{1,2})\s?[分분])?(?!\d|間|间|간)"),
    re.compile(r"(?P<h>\d{1,2})\.(?P<m>\d{2})" + _SPACE + r"?(?:" + _AMPM + r"|(?:Uhr|hrs?|hours)\b)", re.I),
    re.compile(r"(?P<h>\d{1,2})" + _SPACE + r"?" + _AMPM, re.I),
    re.compile(r"(?P<h>\d{1,2})\s?[hH]\s?(?P<m>\d{2})(?![\d])(?:\s?min\b)?"),
    re.compile(r"(?P<h>\d{1,2}) ?(?:Uhr|heures|horas)\b", re.I),
    re.compile(r"(?P<h>\d{1,2})h(?=\s?[:–—-]\s|\*\*)"),
    re.compile(
        r"(?P<h>[01]\d|2[0-4])(?P<m>[0-5]\d)(?="
        + _SPACE
        + r"?(?:hrs?\b|hours\b|h\b|Z\b|UTC\b|GMT\b))(?:"
        + _SPACE
        + r"?(?:hrs?|hours|h)\b)?"
    ),
    re.compile(r"(?P<word>noon|midday|midnight|mitternacht|mittag|minuit|midi|mediodía|medianoche)\b", re.I),
]
# West of Greenwich the sign of an offset is the dash of a span: only what machines write is surely none.
_WEST = re.compile(r"-(?P<hour>0\d|1[0-2]):?(?P<minute>[0-5]\d)?(?![\d:.,]\d|\d|\s?[ap]\.?m\b|[-/])", re.I)
_BARE_TIME = re.compile(r"(?P<h>[01]\d|2[0-4])(?P<m>[0-5]\d)(?![\d\w]|[/-][\d?])")
_DOTTED_TIME = re.compile(r"(?P<h>[01]?\d|2[0-4])\.(?P<m>[0-5]\d)(?![\d\w.])")
_RANGE = re.compile(
    r"\s*(?:-|–|—|−|to|until|till|through|and|bis|und|à|jusqu'à|hasta|até|~|〜|～|から|→|->|-+&gt;|/)\s*", re.I
)
_END_SECONDS = re.compile(r"[-–](\d{2})(?![\d:])")
_WEEKDAY = re.compile(r"(?P<day>[^\W\d_]{2,13}(?:-feira)?)(?P<dot>\.?)", re.I)
_AFTER = re.compile(
    r"(?P<t>T|H|D)?\s?(?P<sign>[+\-−])\s?~?\s?(?:(?P<h>\d{1,3}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?![\d])|"
    r"(?:(?P<days>\d{1,3})\s?d(?:ays?)?)?\s?(?:(?P<hours>\d{1,3})\s?h(?:(?:ou)?rs?)?)?\s?"
    r"(?:(?P<minutes>\d{1,4})\s?(?:m|min|mins|minutes?|'|′))?\s?(?:(?P<seconds>\d{1,5})\s?s(?:ec(?:onds?)?)?)?)(?![\w])",
    re.I,
)
_T_ZERO = re.compile(r"T\s?(?:[+\-]?\s?0|zero)?(?=\s*[:–—|*)\]-])|T\s?[+\-]?\s?0(?=\s)")
_DAY_NUMBER = re.compile(
    r"(?:day|tag|jour|día|dia|giorno)\s?[#:]?\s?(?P<n>\d{1,2})\b|(?P<n2>\d{1,2})日目|第(?P<n3>\d{1,2})天", re.I
)
_LATER_DAY = re.compile(
    r"(?:the )?(?:(?P<next>next|following) (?:day|morning|afternoon|evening|night)|(?P<same>same day|today)|"
    r"(?P<de>am nächsten (?:tag|morgen)|nächster tag)|(?P<fr>le lendemain(?: matin)?)|(?P<es>al día siguiente)|"
    r"(?P<ja>翌日|次の日|翌朝))",
    re.I,
)
VAGUE = re.compile(
    r"(?:a (?:few|couple of) |some |several |~|about |approximately )?(?:\d{1,3} )?(?:minutes?|mins?|hours?|"
    r"hrs?|days?|weeks?|moments?|seconds?)"
    r" (?:later|after|afterwards|before|earlier|prior)\b|(?:shortly|soon|immediately|some ?time|right) "
    r"(?:after(?:wards?)?|before|later)\b|"
    r"(?:later|earlier) (?:that|the same|on|in the) (?:day|morning|afternoon|evening|night|week)|(?:early|late|"
    r"mid)?[ -]?(?:morning|afternoon|evening)\b\s*[:–—-]|"
    r"(?:at )?(?:around |about )?(?:the )?same time\b|unknown(?: time)?\s*[:–—-]|tb[dc]\s*[:–—-]|"
    r"\?\?+(?::\?\?+)?[\])]?\s|später\b|kurz darauf|plus tard|más tarde|その後|直後|later\s*[:–—-]",
    re.I,
)


_ABOUT = re.compile(
    r"(?:~|ca?\.\s?|around |about |approx\.? |approximately |roughly |circa |gegen |vers |ca |between |from |von )\s*",
    re.I,
)
_MAY_BE = re.compile(r"\d|noon|mid|mitt|next|following|same|today|nächst|lendemain|siguiente|翌|次の|zero|medi", re.I)


def read_stamp(text: str, *, is_cell: bool = False) -> Stamp | None:
    """The stamp that `text` starts with. In a table cell or a heading of times a bare 1430 counts as well."""
    source = text[:REACH]
    return _read(source, is_cell=is_cell) if _MAY_BE.search(source, 0, 70) else None


@lru_cache(maxsize=4096)
def _read(source: str, *, is_cell: bool) -> Stamp | None:
    position = _DECOR.match(source).end()  # type: ignore[union-attr]  # it matches the empty text too
    stamp, position = _lead(source, position)
    start = position
    stamp, position = _parts(source, position, stamp, is_cell=is_cell)
    if not (stamp.has_clock or stamp.has_date):
        return None
    stamp, position = _range(source, position, stamp, is_cell=is_cell)
    position = _in_other_zone(source, position, stamp)
    if position < len(source) and (source[position].isalnum() and source[position - 1].isalnum()):
        return None
    if match := _TRAILING_VAGUE.match(source, position):
        stamp, position = replace(stamp, is_vague=True), match.end()
    end = _CLOSE.match(source, position).end()  # type: ignore[union-attr]
    if not stamp.has_clock and _continues_a_word(source, position):
        return None
    return replace(stamp, written=_tidy(source[:position], start), end=end)


def ends_with_stamp(text: str) -> tuple[str, Stamp] | None:
    """A short label that a whole stamp follows: "Resolved 2020-02-18 14:59"."""
    if len(text) > 160:
        return None
    for match in re.finditer(r"(?<=[\s:：(|])(?=[~(]?[\d]|[A-Z][a-z]{2,8} \d)", text):
        label = text[: match.start()]
        stamp = read_stamp(text[match.start() :])
        if stamp and stamp.has_date and not text[match.start() + stamp.end :].strip(" .)*_"):
            return label.strip(" \t:：-–—*_(|"), stamp
        if len(label.split()) > 8:
            break
    return None


def _lead(source: str, position: int) -> tuple[Stamp, int]:
    stamp = Stamp()
    for _ in range(3):
        match = _LEAD.match(source, position)
        if match is None:
            break
        if match["vague"]:
            stamp = replace(stamp, is_vague=True, is_prose=stamp.is_prose or match["vague"].isalpha())
        elif match["prose"]:
            is_span = match["prose"].lower() in {"between", "from", "starting", "von", "zwischen", "entre"}
            stamp = replace(stamp, is_prose=True, is_span=stamp.is_span or is_span)
        position = _DECOR.match(source, match.end()).end()  # type: ignore[union-attr]
    return stamp, position


def _parts(source: str, position: int, stamp: Stamp, *, is_cell: bool) -> tuple[Stamp, int]:
    """Date, weekday, clock and zone in whatever order they come; stops at the first thing that is none of them."""
    end = position
    for _ in range(7):
        found = (
            _relative(source, position, stamp)
            or _date(source, position, stamp)
            or _clock(source, position, stamp, is_cell=is_cell)
            or _zone(source, position, stamp)
            or _weekday(source, position, stamp)
        )
        if found is None:
            break
        stamp, end = found
        glue = _GLUE.match(source, end)
        position = glue.end() if glue else end
        about = _ABOUT.match(source, position)
        if about and _clock(source, about.end(), stamp, is_cell=is_cell):
            stamp, position = replace(stamp, is_vague=True), about.end()
    return stamp, end


def _relative(source: str, position: int, stamp: Stamp) -> tuple[Stamp, int] | None:
    if stamp.has_clock or stamp.has_date:
        return None
    if match := _LATER_DAY.match(source, position):
        return replace(stamp, day_number=0 if match["same"] else -1), match.end()
    if match := _DAY_NUMBER.match(source, position):
        return replace(stamp, day_number=int(match["n"] or match["n2"] or match["n3"])), match.end()
    match = _AFTER.match(source, position)
    if match is None or not any(match[name] for name in ("h", "days", "hours", "minutes", "seconds")):
        zero = _T_ZERO.match(source, position)
        return (replace(stamp, after=timedelta()), zero.end()) if zero else None
    value = timedelta(
        days=int(match["days"] or 0),
        hours=int(match["h"] or match["hours"] or 0),
        minutes=int(match["m"] or match["minutes"] or 0),
        seconds=int(match["s"] or match["seconds"] or 0),
    )
    return replace(stamp, after=value if match["sign"] == "+" else -value), match.end()


def _date(source: str, position: int, stamp: Stamp) -> tuple[Stamp, int] | None:
    if stamp.has_date:
        return None
    for pattern in _DATES:
        match = pattern.match(source, position)
        if match and (dated := _dated(stamp, match.groupdict())):
            return dated, match.end()
    return None


def _dated(stamp: Stamp, found: dict[str, str | None]) -> Stamp | None:
    if found.get("a"):
        return _numbered(stamp, found)
    name = found.get("name")
    month = MONTHS.get(name.lower()) if name else int(found.get("m") or 0)
    day = int(found["d"] or 0)
    if not month or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    year = found.get("y")
    short = found.get("yy") or found.get("yy2")
    return replace(stamp, year=int(year) if year else 2000 + int(short) if short else None, month=month, day=day)


def _numbered(stamp: Stamp, found: dict[str, str | None]) -> Stamp | None:
    first, second = int(found["a"] or 0), int(found["b"] or 0)
    written = found.get("y4")
    year = None if written is None else int(written) if len(written) == 4 else 2000 + int(written)
    if found["sep"] == ".":
        first, second = second, first  # with dots the day always comes first
    elif first > 12:
        first, second = second, first
    elif second <= 12 and first != second:
        return replace(stamp, year=year, numbers=(first, second))
    if not 1 <= first <= 12 or not 1 <= second <= 31:
        return None
    return replace(stamp, year=year, month=first, day=second)


def _clock(source: str, position: int, stamp: Stamp, *, is_cell: bool) -> tuple[Stamp, int] | None:
    if stamp.has_clock:
        return None
    patterns = [*_TIMES, _BARE_TIME, _DOTTED_TIME] if is_cell else [*_TIMES, _DOTTED_TIME] if stamp.year else _TIMES
    for pattern in patterns:
        match = pattern.match(source, position)
        if match and (clocked := _clocked(stamp, match.groupdict())):
            return _to_the_west(source, match, clocked)
    return None


def _to_the_west(source: str, clock: re.Match[str], stamp: Stamp) -> tuple[Stamp, int]:
    """With the offset of "2026-03-02T09:50-05:00", "09:50:00-05:00" or "09:50 -0500" behind a date."""
    end = clock.end()
    is_apart = source[end : end + 1] == " "
    is_machines = is_apart or ":" in clock.group()[3:] or source[: clock.start()].endswith(("T", "t"))
    match = _WEST.match(source, end + is_apart) if stamp.year and is_machines else None
    if match is None or (is_apart and match["minute"] is None) or match["minute"] not in {None, "00", "30", "45"}:
        return stamp, end
    return replace(stamp, zone=zone_named(f"UTC-{match['hour']}:{match['minute'] or '00'}")), match.end()


def _clocked(stamp: Stamp, found: dict[str, str | None]) -> Stamp | None:
    if word := found.get("word"):
        return replace(stamp, hour=0 if word.lower() in {"midnight", "mitternacht", "minuit", "medianoche"} else 12)
    hour = int(found["h"] or 0)
    minutes = found.get("m") or "0"
    vague = stamp.is_vague or not minutes.isdigit()
    minute = int(re.sub(r"[xX?]", "0", minutes))
    half = (found.get("half") or "").lower()[:1]
    if found.get("cjk") in {"午後", "下午", "晚上", "오후"}:
        half = "p"
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    second = int(found.get("s") or 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute):
        return None
    return replace(stamp, hour=hour, minute=minute, second=min(second, 59), is_vague=vague)


def _zone(source: str, position: int, stamp: Stamp) -> tuple[Stamp, int] | None:
    if stamp.zone or stamp.hour is None:
        return None
    if source.startswith(("+UTC", "+GMT"), position):
        position += 1
    match = ZONE.match(source, position)
    if match and (zone := zone_named(match.group())):
        return replace(stamp, zone=zone), match.end()
    return None


def _weekday(source: str, position: int, stamp: Stamp) -> tuple[Stamp, int] | None:
    if stamp.weekday is not None:
        return None
    match = _WEEKDAY.match(source, position)
    if match is None or (number := WEEKDAYS.get(match["day"].lower())) is None:
        return None
    if match["day"].lower() in SHORT_WEEKDAYS and not re.match(r"[.,]?\s*\d", source[match.end("day") :]):
        return None
    return replace(stamp, weekday=number), match.end()


def _range(source: str, position: int, stamp: Stamp, *, is_cell: bool) -> tuple[Stamp, int]:
    """Take in "- 16:16" or "to July 14, 10:00": the event is put at its start, and the words are kept."""
    if stamp.second and (match := _END_SECONDS.match(source, position)):
        return replace(stamp, until=match[1]), match.end()
    match = _RANGE.match(source, position)
    if match is None:
        return stamp, position
    start = _DECOR.match(source, match.end())
    begin = start.end() if start else match.end()
    if about := re.match(
        r"(?:~|≈|ca?\.|about|around|approximately|roughly|gegen|etwa|environ|vers)\s?", source[begin:], re.I
    ):
        begin += about.end()
    later, end = _parts(source, begin, Stamp(), is_cell=is_cell)
    if not later.hour and later.hour != 0 and not (later.has_date and not stamp.has_clock):
        return stamp, position
    if later.after is not None:
        return stamp, position
    if match.group().strip() == "/":  # the same moment told in a second zone
        return (stamp, end) if later.zone and stamp.zone else (stamp, position)
    zone = stamp.zone or later.zone
    hour = stamp.hour
    if hour is not None and _shares_afternoon(source, position, end) and hour + 12 <= (later.hour or 0):
        hour += 12
    return replace(stamp, zone=zone, hour=hour, until=source[match.end() : end].strip()), end


def _in_other_zone(source: str, position: int, stamp: Stamp) -> int:
    """Where "/ 17:30-17:35 PDT" ends: the same span told once more."""
    match = re.match(r"\s*/\s*", source[position:]) if stamp.until and stamp.zone else None
    if match is None:
        return position
    later, end = _parts(source, position + match.end(), Stamp(), is_cell=False)
    later, end = _range(source, end, later, is_cell=False)
    return end if later.zone and later.zone != stamp.zone else position


def _shares_afternoon(source: str, position: int, end: int) -> bool:
    """In "2:00 - 4:00 PM" both are in the afternoon."""
    is_silent = not re.search(r"[ap]\.?m", source[:position], re.I)
    return is_silent and bool(re.search(r"\d\s?p\.?m", source[position:end], re.I))


def _continues_a_word(source: str, position: int) -> bool:
    """ "2023-07-20-proxy-death" and "5/6 of the nodes" are no dates."""
    rest = source[position : position + 12]
    return bool(re.match(r"[-/]\w|\s+of the\b|%|\s*(?:GB|MB|ms|%)\b", rest))


def _tidy(written: str, start: int) -> str:
    tidy = re.sub(r"\s+", " ", written).strip(" *_`[]()（）<>|-–—•·=\u3000" if start else " *_`[]()<>|")
    return tidy + ")" * (tidy.count("(") - tidy.count(")"))
