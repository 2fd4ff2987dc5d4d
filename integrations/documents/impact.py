"""What a document says of its impact: figures beside a clear label, and sentences that can mean one thing only."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from . import figures
from .details import Pair
from .figures import ABOUT, MONEY, NUMBER, PERCENT
from .meanings import Meaning, plain
from .reading import Statement
from .regions import Walk

Reader = Callable[[str], Any]


def _whole(pattern: str, reader: Reader) -> Reader:
    """A label is followed by the figure, and by no words that could turn it into another."""
    shape = re.compile(rf"{ABOUT}(?P<figure>{pattern})(?:\s+\w+)?\s*(?:\(.*|[.;].*)?", re.I)

    def read(written: str) -> Any:
        match = shape.fullmatch(written.strip(" *_`"))
        return reader(match["figure"]) if match else None

    return read


def _names(written: str) -> str | None:
    words = plain(written)
    is_nothing = re.fullmatch(r"(?i)(?:tbd|n/?a|unknown|none|todo|\?+|-+|all|several|multiple|various|\d+)\.?", words)
    return None if is_nothing or len(words) > 300 or "<" in written else words


_EXPERIENCES = {"full": "complete", "complete": "complete", "total": "complete"} | {
    word: word for word in ("degraded", "intermittent")
}


def _experience(written: str) -> str | None:
    match = re.fullmatch(r"(\w+)(?: (?:outage|service|performance|errors|failures))?\.?", plain(written).lower())
    return _EXPERIENCES.get(match[1]) if match else None


def _days(written: str) -> Decimal | None:
    match = re.fullmatch(r"(\d{1,4}(?:\.\d)?) (?:working |calendar )?days?\.?", written.strip())
    return Decimal(match[1]) if match else None


_COUNT, _SHARE = _whole(NUMBER, figures.count), _whole(PERCENT, figures.percent)
_HOURS, _MONEY = _whole(NUMBER, figures.number), _whole(MONEY, figures.money)
_USERS = (
    "usersaffected affectedusers usersimpacted impactedusers customersaffected affectedcustomers customersimpacted "
    "impactedcustomers numberofusersaffected numberofaffectedusers numberofcustomersaffected"
)
# Keys as `details.slug` makes them.
LABELS: list[tuple[str, str, Reader]] = [
    ("users_affected_count", _USERS, _COUNT),
    ("users_affected_percent", f"{_USERS} shareofusers shareofusersaffected percentofusersaffected", _SHARE),
    ("experience", "outagetype typeofoutage userexperience", _experience),
    ("failed_requests_count", "failedrequests requestsfailed numberoffailedrequests", _COUNT),
    ("support_tickets_count", "supporttickets supportticketsopened supportrequests customertickets", _COUNT),
    ("customers_lost_count", "customerslost lostcustomers churnedcustomers", _COUNT),
    ("revenue_lost", "revenuelost lostrevenue revenueloss revenueimpact", _MONEY),
    ("yearly_revenue_lost", "arrlost lostarr", _MONEY),
    ("is_sla_breached", "slabreached slabreach slaviolated slaviolation slamissed", figures.yes_or_no),
    ("sla_credits", "slacredits servicecredits", _MONEY),
    ("escalations_count", "customerescalations", _COUNT),
    ("media_reports_count", "mediareports pressreports", _COUNT),
    ("is_reportable", "reportable mustbereported", figures.yes_or_no),
    ("response_hours", "responsehours personhoursofresponse responseeffort", _HOURS),
    ("delay_days", "delay projectdelay launchdelay releasedelay", _days),
    ("systems", "affectedsystems systemsaffected impactedsystems affectedservices servicesaffected "
     "impactedservices servicesimpacted affectedcomponents", _names),
    ("is_data_lost", "datalost dataloss", figures.yes_or_no),
    ("is_data_exposed", "dataexposed dataexposure dataleaked", figures.yes_or_no),
    ("records_affected_count", "recordsaffected recordslost recordsexposed affectedrecords", _COUNT),
    ("downstream", "downstreamservices downstreamsystems affecteddownstream downstreamserviceshit", _names),
]  # fmt: skip

_WHO = r"(?:(?:of|our|all|the|active|total|registered|daily)\s+){0,3}(?:users|customers)"
_HIT = (
    r"(?:(?:were|was|are|had been|have been)\s+)?(?:affected|impacted|unable|could(?: not|n'?t)|lost access|saw errors|"
    r"(?:experienced|received|got) errors)\b"
)
_DATA = (
    r"(?:(?:customer|user|personal|production)\s+)?(?:data|records)\s+(?:was|were|has been|have been)\s+(?:ever\s+)?"
)
_GONE, _OUT = r"(?:permanently\s+|irrecoverably\s+)?lost\b", r"(?:exposed|leaked|disclosed)\b"
_NO_LOSS = (
    r"\b(?:no|without(?: any)?|not \w+ any)\s+(?:(?:customer|user|downtime or|outage or)\s+)?data loss\b(?! \w+ion)"
)


def _always(value: bool) -> Reader:
    return lambda written: value


def _said(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


SENTENCES: list[tuple[str, re.Pattern[str], Reader]] = [
    ("users_affected_percent", _said(rf"(?P<figure>{PERCENT})\s+{_WHO}\s+{_HIT}"), figures.percent),
    ("users_affected_percent", _said(rf"\b(?:affect|impact)(?:ed|ing)\s+{ABOUT}(?P<figure>{PERCENT})\s+{_WHO}\b"),
     figures.percent),
    ("users_affected_count", _said(rf"(?P<figure>{NUMBER})\s+{_WHO}\s+{_HIT}"), figures.count),
    ("users_affected_count", _said(rf"\b(?:affect|impact)(?:ed|ing)\s+{ABOUT}(?P<figure>{NUMBER})\s+{_WHO}\b"),
     figures.count),
    ("failed_requests_count", _said(rf"(?P<figure>{NUMBER})\s+(?:failed requests|requests\s+(?:have |had )?failed)\b"),
     figures.count),
    ("support_tickets_count", _said(rf"(?:received|got|handled|led to|caused)\s+{ABOUT}(?P<figure>{NUMBER})\s+support "
     r"tickets\b"), figures.count),
    ("customers_lost_count", _said(rf"\blost\s+{ABOUT}(?P<figure>{NUMBER})\s+customers\b"), figures.count),
    ("revenue_lost", _said(rf"(?P<figure>{MONEY})\s+(?:in|of)\s+(?:refunds|lost (?:revenue|sales))\b"), figures.money),
    ("revenue_lost", _said(rf"\blost\s+{ABOUT}(?P<figure>{MONEY})\s+(?:in|of)\s+(?:revenue|sales)\b"), figures.money),
    ("sla_credits", _said(rf"(?P<figure>{MONEY})\s+(?:in|of)\s+(?:SLA|service) credits\b"), figures.money),
    ("is_sla_breached", _said(r"\bno SLAs? (?:was|were) (?:breached|violated|missed)\b|"
     r"\bSLAs? (?:was|were) not (?:breached|violated|missed)\b"), _always(False)),
    ("is_sla_breached", _said(r"(?<!no )\b(?:our|the) SLAs? (?:was|were) (?:breached|violated|missed)\b|"
     r"\bwe (?:breached|violated|missed) (?:our|the) SLAs?\b"), _always(True)),
    ("is_data_lost", _said(rf"\bno\s+{_DATA}{_GONE}|{_NO_LOSS}"), _always(False)),
    ("is_data_lost", _said(rf"{NUMBER}\s+records\s+(?:was|were|have been)\s+{_GONE}"), _always(True)),
    ("is_data_exposed", _said(rf"\bno\s+{_DATA}{_OUT}"), _always(False)),
    ("is_data_exposed", _said(rf"{NUMBER}\s+records\s+(?:was|were|have been)\s+{_OUT}"), _always(True)),
    ("records_affected_count", _said(rf"(?P<figure>{NUMBER})\s+records\s+(?:was|were|have been)\s+(?:{_GONE}|{_OUT})"),
     figures.count),
]  # fmt: skip

# A sentence about what might be, about part of it, or about another time states no figure of this incident.
_NOT_SAID = re.compile(
    r"\b(?:would|could (?:have|be|lead)|should|might|may|will|if|whether|ensur\w+|verif\w+|check(?:ed|ing)? (?:that|if)|"
    r"prevent\w*|avoid\w*|risk|goal|up to|at least|at most|(?:more|less|fewer|other) than|over|nearly|almost|under|"
    r"except|besides|apart from|believe|no evidence|as far as|so far|last (?:time|week|month|year)|previous\w*|"
    r"similar incident|peak|every|each|per (?:second|minute|hour|day)|were not|only|within|in the \w+ region)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*(?=\n|[-*+]\s)")
LONGEST_SENTENCE = 400
# Beyond this a document tells of more than one incident, or is no post-mortem.
MOST_UNITS = 2000


def impact_of(pairs: list[Pair], walk: Walk) -> dict[str, Statement]:
    """Keyed by the name of the figure. What is said twice and differently is left out; a label outweighs sentences."""
    labelled = _agreed(_labelled(pairs))
    found = _agreed(_told(walk)) | labelled
    return _with_currency(found)


def _labelled(pairs: list[Pair]) -> Iterator[tuple[str, Statement]]:
    for name, keys, reader in LABELS:
        wanted = frozenset(keys.split())
        for pair in pairs:
            if pair.key in wanted and (value := reader(pair.value)) is not None:
                yield name, Statement(value, pair.value)


def _told(walk: Walk) -> Iterator[tuple[str, Statement]]:
    for unit in walk.units[:MOST_UNITS]:
        if unit.kind not in {"line", "item"} or unit.region.purpose in {Meaning.TIMELINE, Meaning.ACTIONS}:
            continue
        for sentence in _SENTENCE.split(unit.lead):
            words = " ".join(plain_words(sentence).split())
            if len(words) <= LONGEST_SENTENCE and not _NOT_SAID.search(words):
                yield from _told_in(words)


def plain_words(sentence: str) -> str:
    return re.sub(r"\*\*|__|`", "", sentence).replace("\u00a0", " ").replace("’", "'")


def _told_in(sentence: str) -> Iterator[tuple[str, Statement]]:
    for name, pattern, reader in SENTENCES:
        if match := pattern.search(sentence):
            value = reader(match.groupdict().get("figure") or "")
            if value is not None:
                yield name, Statement(value, sentence)


def _agreed(said: Iterator[tuple[str, Statement]]) -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    doubtful = set()
    for name, statement in said:
        if found.setdefault(name, statement).value != statement.value:
            doubtful.add(name)
    return {name: statement for name, statement in found.items() if name not in doubtful}


def _with_currency(found: dict[str, Statement]) -> dict[str, Statement]:
    """Amounts stand in one currency; where they are in several, none is taken over."""
    amounts = {name: one for name, one in found.items() if isinstance(one.value, tuple)}
    currencies = {one.value[1] for one in amounts.values()}
    rest = {name: one for name, one in found.items() if name not in amounts}
    if len(currencies) != 1:
        return rest
    plain_amounts = {name: Statement(one.value[0], one.words) for name, one in amounts.items()}
    return rest | plain_amounts | {"currency": Statement(currencies.pop(), next(iter(amounts.values())).words)}
