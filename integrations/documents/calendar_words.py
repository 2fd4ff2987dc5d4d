"""The words for months, weekdays and zones that people write in front of an entry."""

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_MONTHS = {
    1: (
        "january jan januar jänner jaenner janvier janv enero ene janeiro gennaio gen januari januari "
        "styczeń stycznia января январь янв"
    ),
    2: (
        "february feb februar februari février fevrier févr fevr febrero fevereiro fev febbraio febr "
        "luty lutego февраля февраль фев"
    ),
    3: "march mar märz maerz mär mrz mars marzo março marco maart mrt marzec marca марта март мар",
    4: "april apr avril avr abril abr aprile kwiecień kwietnia апреля апрель апр",
    5: "may mai mayo maio maggio mag mei maj maja мая май",
    6: "june jun juni juin junio junho giugno giu czerwiec czerwca июня июнь июн",
    7: "july jul juli juillet juil julio julho luglio lug lipiec lipca июля июль июл",
    8: "august aug août aout agosto ago augustus augusti sierpień sierpnia августа август авг",
    9: "september sept sep septembre septiembre setembro set settembre wrzesień września сентября сентябрь сен сент",
    10: (
        "october oct oktober okt octobre octubre outubro out ottobre ott październik października октября октябрь окт"
    ),
    11: "november nov novembre noviembre novembro listopad listopada ноября ноябрь ноя",
    12: (
        "december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre grudzień "
        "grudnia декабря декабрь дек"
    ),
}
MONTHS = {word: number for number, words in _MONTHS.items() for word in words.split()}

_WEEKDAYS = (
    (
        "monday mon montag mo lundi lun lunes segunda segunda-feira lunedì maandag ma måndag понедельник "
        "月曜日 月曜 星期一 周一"
    ),
    (
        "tuesday tue tues dienstag di mardi mar martes terça terça-feira martedì dinsdag tisdag вторник "
        "火曜日 火曜 星期二 周二"
    ),
    (
        "wednesday wed mittwoch mi mercredi mer miércoles miercoles quarta quarta-feira mercoledì "
        "woensdag onsdag среда 水曜日 水曜 星期三 周三"
    ),
    (
        "thursday thu thur thurs donnerstag do jeudi jeu jueves quinta quinta-feira giovedì donderdag "
        "torsdag четверг 木曜日 木曜 星期四 周四"
    ),
    (
        "friday fri freitag fr vendredi ven viernes sexta sexta-feira venerdì vrijdag fredag пятница "
        "金曜日 金曜 星期五 周五"
    ),
    (
        "saturday sat samstag sa sonnabend samedi sam sábado sabado sabato zaterdag lördag суббота "
        "土曜日 土曜 星期六 周六"
    ),
    "sunday sun sonntag so dimanche dim domingo domenica zondag söndag воскресенье 日曜日 日曜 星期日 周日",
)
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
# Short ones that are ordinary words elsewhere are believed only when a date follows.
SHORT_WEEKDAYS = frozenset(word for word in WEEKDAYS if len(word) <= 3 and word.isascii())

_H = 60
# As labelled: PST stays UTC-8 even in July. An author who writes PT gets the zone with its summer time.
ABBREVIATIONS: dict[str, int | str] = {
    "UTC": 0, "GMT": 0, "Z": 0, "UCT": 0, "WET": 0, "WEST": _H, "BST": _H, "CET": _H, "MEZ": _H, "CEST": 2 * _H,
    "MESZ": 2 * _H, "EET": 2 * _H, "EEST": 3 * _H, "SAST": 2 * _H, "CAT": 2 * _H, "EAT": 3 * _H, "WAT": _H,
    "MSK": 3 * _H,
    "TRT": 3 * _H, "GST": 4 * _H, "PKT": 5 * _H, "IST": 5 * _H + 30, "NPT": 5 * _H + 45, "ICT": 7 * _H, "WIB": 7 * _H,
    "SGT": 8 * _H, "HKT": 8 * _H, "AWST": 8 * _H, "PHT": 8 * _H, "JST": 9 * _H, "KST": 9 * _H, "ACST": 9 * _H + 30,
    "AEST": 10 * _H, "ACDT": 10 * _H + 30, "AEDT": 11 * _H, "NZST": 12 * _H, "NZDT": 13 * _H, "BRT": -3 * _H,
    "ART": -3 * _H, "CLT": -4 * _H, "AST": -4 * _H, "ADT": -3 * _H, "NST": -3 * _H - 30, "EST": -5 * _H,
    "EDT": -4 * _H,
    "CST": -6 * _H, "CDT": -5 * _H, "MST": -7 * _H, "MDT": -6 * _H, "PST": -8 * _H, "PDT": -7 * _H, "AKST": -9 * _H,
    "AKDT": -8 * _H, "HST": -10 * _H,
    "PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York",
    "AET": "Australia/Sydney",
}  # fmt: skip
NAMES = {
    "pacific": "America/Los_Angeles", "mountain": "America/Denver", "central european": "Europe/Berlin",
    "central": "America/Chicago", "eastern": "America/New_York", "london": "Europe/London", "berlin": "Europe/Berlin",
    "zurich": "Europe/Zurich", "zürich": "Europe/Zurich", "paris": "Europe/Paris", "madrid": "Europe/Madrid",
    "amsterdam": "Europe/Amsterdam", "british summer": "Europe/London", "uk": "Europe/London", "tokyo": "Asia/Tokyo",
    "sydney": "Australia/Sydney", "indian standard": "Asia/Kolkata", "india": "Asia/Kolkata",
    "singapore": "Asia/Singapore", "new york": "America/New_York", "coordinated universal": "UTC", "universal": "UTC",
    "new zealand": "Pacific/Auckland", "moscow": "Europe/Moscow", "beijing": "Asia/Shanghai",
    "china standard": "Asia/Shanghai",
}  # fmt: skip
OTHER_SCRIPTS = {
    "日本時間": "Asia/Tokyo", "日本標準時": "Asia/Tokyo", "北京时间": "Asia/Shanghai", "协调世界时": "UTC",
    "한국시간": "Asia/Seoul", "мск": "Europe/Moscow", "hora peninsular": "Europe/Madrid",
    "heure de paris": "Europe/Paris",
}  # fmt: skip

_OFFSET = r"[+\-−–]\d{1,2}(?::?\d{2})?"
_FULL_OFFSET = r"[+\-−]\d{2}:?\d{2}"
_PLACES = "|".join(sorted(NAMES, key=len, reverse=True))
ZONE = re.compile(
    r"(?P<utc>(?:UTC|GMT)\s?" + _OFFSET + r"(?!\d))"
    r"|(?P<offset>" + _FULL_OFFSET + r"(?![\d:]))"
    r"|(?P<iana>\b(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic|Indian|Etc)/[A-Za-z_]{2,20}(?:/[A-Za-z_]{2,20})?)"
    r"|(?P<name>\b(?i:" + _PLACES + r")(?i: standard| daylight| summer| local)?(?i:[ -]time)\b)"
    r"|(?P<other>" + "|".join(OTHER_SCRIPTS) + r")"
    r"|(?P<abbreviation>(?<![A-Za-z])(?:"
    + "|".join(sorted(ABBREVIATIONS, key=len, reverse=True))
    + r"|(?i:utc|gmt)|[ecmp][sd]t)(?![A-Za-z0-9_/À-ɏ]))"
)


@lru_cache(maxsize=512)
def zone_named(written: str) -> tzinfo | None:
    """The zone that these characters name, or None. The whole of `written` must be one zone."""
    match = ZONE.fullmatch(written.strip())
    if match is None:
        return None
    kind, value = str(match.lastgroup), match.group().strip()
    if kind == "utc":
        return _offset(value[3:].strip())
    if kind == "offset":
        return _offset(value)
    if kind == "iana":
        return ZoneInfo(value) if value in available_timezones() else None
    if kind == "name":
        return ZoneInfo(NAMES[re.sub(r"(?i)( standard| daylight| summer| local)?[ -]time$", "", value).lower()])
    if kind == "other":
        return ZoneInfo(OTHER_SCRIPTS[value])
    found = ABBREVIATIONS[value.upper()]
    if isinstance(found, str):
        return ZoneInfo(found)
    return timezone(timedelta(minutes=found), value.upper())


def _offset(written: str) -> tzinfo | None:
    match = re.fullmatch(r"([+\-−–])(\d{1,2}):?(\d{2})?", written)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > 14 * 60:
        return None
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))


def first_zone(text: str) -> tzinfo | None:
    """The first zone named anywhere in a short text, such as a heading or the head of a column."""
    for match in ZONE.finditer(text[:400]):
        if match.lastgroup != "offset" and match.group() != "Z" and (zone := zone_named(match.group())):
            return zone
    return None
