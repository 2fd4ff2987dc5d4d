"""What a document says of its impact: figures beside a clear label, and sentences that can mean one thing only."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from . import figures
from .figures import ABOUT, MONEY, NUMBER, PERCENT
from .labels import Pair, labelled
from .meanings import Meaning, plain
from .reading import Statement
from .regions import Walk

Reader = Callable[[str], Any]

WHO = (
    r"(?:users?|customers?|accounts?|clients?|tenants?|organi[sz]ations?|merchants?|subscribers?|members?|visitors?|players?|"
    r"students?|patients?|shoppers?|people)"
)
TEAMS = rf"(?:{WHO}|teams?|businesses|companies|shops?|stores?)"
_REST = r"(?:\s*(?:$|[(,.;:–—].*)|\s+(?:who|with|that|running|on|using|were|could|had|received|saw|experienced)\b.*)"
_ALSO = re.compile(rf"\b(?:elsewhere|another|additional|further|plus)\b|{NUMBER}\s+(?:\w+\s+)?{TEAMS}\b", re.I)


def _whole(pattern: str, reader: Reader) -> Reader:
    """A label is followed by the figure, and by no words that could turn it into another."""
    shape = re.compile(rf"{ABOUT}(?P<figure>{pattern})(?:\s+\w+)?\s*(?:\(.*|[.;].*)?", re.I)

    def read(written: str) -> Any:
        match = shape.fullmatch(written.strip(" *_`"))
        return reader(match["figure"]) if match else None

    return read


_COUNTED = re.compile(rf"{ABOUT}(?P<figure>{NUMBER})(?:\s+(?:\w+\s+){{0,2}}?{TEAMS})?(?P<rest>{_REST})", re.I)
_SHARE_OF = re.compile(
    rf"(?:{ABOUT}{NUMBER}\s+(?:(?:\w+\s+){{0,2}}{TEAMS}\s*)?[(,–—-]\s*)?{ABOUT}(?P<figure>{PERCENT})"
    rf"(?:\s+of\s+(?:\w+\s+){{0,3}}?(?:{TEAMS}|total|MAU|DAU))?\s*(?:$|[).,;(].*)",
    re.I,
)
_NOBODY = re.compile(
    r"(?:none|nobody|no one|no (?:users?|customers?)(?: (?:was|were) (?:affected|impacted))?)\.?", re.I
)
_EVERYBODY = re.compile(r"(?:all|everyone|everybody|all (?:of )?(?:our |the )?(?:users|customers))\.?", re.I)


def _users(written: str) -> int | None:
    words = plain(written)
    if _NOBODY.fullmatch(words):
        return 0
    match = _COUNTED.fullmatch(words)
    return figures.count(match["figure"]) if match and not _ALSO.search(match["rest"]) else None


def _share(written: str) -> Decimal | None:
    words = plain(written)
    if _EVERYBODY.fullmatch(words):
        return Decimal(100)
    match = _SHARE_OF.fullmatch(words)
    return figures.percent(match["figure"]) if match else None


def _names(written: str) -> str | None:
    words = plain(written.strip("[]")).replace('"', "").replace("`", "")
    is_nothing = re.fullmatch(
        r"(?i)(?:tbd|n/?a|unknown|none|null|nil|todo|\?+|-+|all|several|multiple|various|\d+)\.?", words
    )
    return None if is_nothing or len(words) > 300 or "<" in written or "{" in written or not words else words


_EXPERIENCES = {"full": "complete", "complete": "complete", "total": "complete"} | {
    word: word for word in ("degraded", "intermittent")
}
# As our own exports say it.
_IN_WORDS = {
    "nothing worked": "complete", "it worked, but badly": "degraded", "it failed now and then": "intermittent"
}  # fmt: skip


def _experience(written: str) -> str | None:
    words = plain(written).lower()
    match = re.fullmatch(r"(\w+)(?: (?:outage|service|performance|errors|failures))?\.?", words)
    return _IN_WORDS.get(words) or (_EXPERIENCES.get(match[1]) if match else None)


def _days(written: str) -> Decimal | None:
    match = re.fullmatch(r"(\d{1,4}(?:\.\d)?) (?:working |calendar )?days?\.?", written.strip())
    return Decimal(match[1]) if match else None


def _untouched(which: str) -> Reader:
    """ "Data: none exposed or lost" says no to both."""
    shape = re.compile(r"(?:none|no data|nothing)\s+(?:was\s+)?((?:\w+\s+(?:or|and)\s+)?\w+)\.?", re.I)

    def read(written: str) -> bool | None:
        match = shape.fullmatch(plain(written))
        return False if match and which in match[1].lower().split() else None

    return read


_COUNT = _whole(NUMBER, figures.count)
_HOURS, _MONEY = _whole(NUMBER, figures.number), _whole(MONEY, figures.money)
_USERS = (
    "usersaffected affectedusers usersimpacted impactedusers customersaffected affectedcustomers customersimpacted "
    "impactedcustomers numberofusersaffected numberofaffectedusers numberofcustomersaffected numberofusersimpacted "
    "numberofaffectedcustomers totalusersaffected totalcustomersaffected affectedaccounts accountsaffected "
    "howmanycustomerswereaffected howmanyuserswereaffected betroffenenutzer betroffenekunden"
)
# Keys as `labels.slug` makes them.
LABELS: list[tuple[str, str, Reader]] = [
    ("users_affected_count", _USERS, _users),
    ("users_affected_percent", f"{_USERS} shareofusers shareofusersaffected percentofusersaffected percentageofusersaffected "
     "ofusersaffected", _share),
    ("experience", "outagetype typeofoutage", _experience),
    ("failed_requests_count", "failedrequests requestsfailed numberoffailedrequests failedapicalls failedqueries "
     "requestslost totalfailedrequests errorsserved", _COUNT),
    ("support_tickets_count", "supporttickets supportticketsopened supportrequests customertickets ticketsopened "
     "ticketsraised supportcases supportticketsraised numberofsupporttickets supportticketsfiled casesopened", _COUNT),
    ("customers_lost_count", "customerslost lostcustomers churnedcustomers", _COUNT),
    ("revenue_lost", "revenuelost lostrevenue revenueloss revenueimpact estimatedrevenueloss estimatedrevenueimpact "
     "estimatedlostrevenue estimatedrevenuelost lostsales", _MONEY),
    ("yearly_revenue_lost", "arrlost lostarr arrimpact", _MONEY),
    ("is_sla_breached", "slabreached slabreach slaviolated slaviolation slamissed slastatus slaimpact sla", figures.yes_or_no),
    ("sla_credits", "slacredits servicecredits slacreditsissued creditsissued", _MONEY),
    ("escalations_count", "customerescalations escalationsbycustomers", _COUNT),
    ("media_reports_count", "mediareports pressreports", _COUNT),
    ("is_reportable", "reportable mustbereported regulatoryreportingrequired notifiable", figures.yes_or_no),
    ("response_hours", "responsehours personhoursofresponse responseeffort engineeringhours personhours", _HOURS),
    ("follow_up_hours", "followuphours followupeffort", _HOURS),
    ("wasted_hours", "wastedhours", _HOURS),
    ("delay_days", "delay projectdelay launchdelay releasedelay scheduledelay", _days),
    ("systems", "affectedsystems systemsaffected impactedsystems affectedservices servicesaffected impactedservices "
     "servicesimpacted affectedcomponents affectedservice serviceaffected affectedsystem systemaffected impactedservice "
     "serviceimpacted componentsaffected affectedcomponent systemsimpacted 影響サービス betroffenesysteme", _names),
    ("systems", "services", _names),
    ("is_data_lost", "datalost dataloss データ損失 datenverlust", figures.yes_or_no),
    ("is_data_lost", "data dataimpact", _untouched("lost")),
    ("is_data_exposed", "dataexposed dataexposure dataleaked databreach datacompromised piiexposed customerdataexposed",
     figures.yes_or_no),
    ("is_data_exposed", "data dataimpact", _untouched("exposed")),
    ("records_affected_count", "recordsaffected recordslost recordsexposed affectedrecords recordsimpacted", _COUNT),
    ("downstream", "downstreamservices downstreamsystems affecteddownstream downstreamserviceshit downstreamimpact", _names),
]  # fmt: skip
_FELT_KEYS = {
    "userimpact", "customerimpact", "userfacingimpact", "customerfacingimpact", "userexperience", "customerexperience",
    "impactonusers", "impactoncustomers",
}  # fmt: skip

_SUMMARY_KEYS = {
    "summary",
    "impact",
    "description",
    "businessimpact",
    "customerimpact",
    "userimpact",
    "financialimpact",
}

_OF_ALL = r"(?:(?:of|our|all|the|active|total|registered|daily|paying|business)\s+){0,3}"
_BY = r"(?:affect|impact)(?:ed|ing)"
_HIT = (
    r"(?:(?:were|was|are|had been|have been)\s+)?(?:affected|impacted|unable|could(?: not|n'?t)|lost access|saw errors|"
    r"(?:experienced|received|got) errors)\b"
)
_CALLS = r"(?:\w+\s+){0,2}?(?:requests|API calls|queries)"
_TICKETS = r"support (?:tickets|cases|requests)"
_DATA = (
    r"(?:(?:customer|user|personal|production|sensitive)\s+)?(?:data|records|information)\s+"
    r"(?:was|were|has been|have been|is)\s+(?:ever\s+)?"
)
_GONE = r"(?:permanently\s+|irrecoverably\s+)?lost\b"
_OUT = r"(?:exposed|leaked|disclosed|compromised|accessed|exfiltrated)\b"
_NO_LOSS = (
    r"\b(?:no|without(?: any)?|not \w+ any)\s+(?:(?:customer|user|downtime or|outage or)\s+)?data loss\b(?! \w+ion)|"
    r"\bno loss of (?:customer |user )?data\b|\bdata (?:was|were) not (?:ever |permanently )?lost\b"
)
_SITE = r"(?:site|website|service|app|application|platform|api|product|portal|store|shop|system|hub|\w+\.(?:com|org|io|net|dev))"
_USERS_SAW = (
    r"\b(?:users|customers)\s+(?:(?:were|are)\s+)?(?:experienc\w+|s(?:aw|eeing)|receiv\w+|got|getting)\s+(?:\w+\s+)?"
)
_LENGTH_OF_TIME = r"(?:\d+|an?|one|two|three|four|five|six|several)\s+(?:minutes|hours?|days?|weeks?)"


def _always(value: Any) -> Reader:
    return lambda written: value


def _said(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


SENTENCES: list[tuple[str, re.Pattern[str], Reader]] = [
    ("users_affected_percent", _said(rf"(?P<figure>{PERCENT})\s+{_OF_ALL}{WHO}\s+{_HIT}"), figures.percent),
    ("users_affected_percent", _said(rf"\b{_BY}\s+{ABOUT}(?P<figure>{PERCENT})\s+{_OF_ALL}{WHO}\b"), figures.percent),
    ("users_affected_percent", _said(rf"^all\s+{_OF_ALL}(?:users|customers)\s+(?:were|are)\s+(?:affected|impacted)\b|\b{_BY}\s+"
     rf"all\s+{_OF_ALL}(?:users|customers)(?=\s*(?:[.,;]|$|for|during))"), _always(Decimal(100))),
    ("users_affected_count", _said(rf"(?P<figure>{NUMBER})\s+{_OF_ALL}{WHO}\s+{_HIT}"), figures.count),
    ("users_affected_count", _said(rf"\b{_BY}\s+{ABOUT}(?P<figure>{NUMBER})\s+{_OF_ALL}{WHO}\b"), figures.count),
    ("users_affected_count", _said(r"\bno (?:users|customers) were (?:affected|impacted)(?=\s*(?:\.|$))"), _always(0)),
    ("experience", _said(rf"\b(?:experienced|had|suffered|caused|was) an? (?:complete|full|total) (?:service )?outage\b(?! of)|"
     rf"\b{_SITE} (?:was|were|went|became) (?:completely|entirely|fully|totally) (?:down|unavailable|offline|inaccessible)\b"),
     _always("complete")),
    ("experience", _said(rf"\bexperienced degraded (?:service|performance)\b|{_USERS_SAW}degraded\b"), _always("degraded")),
    ("experience", _said(rf"{_USERS_SAW}intermittent\b"), _always("intermittent")),
    ("failed_requests_count", _said(rf"(?P<figure>{NUMBER})\s+(?:failed {_CALLS}|{_CALLS}\s+(?:have |had |were )?"
     r"(?:failed|lost|dropped|rejected|errored))\b"), figures.count),
    ("support_tickets_count", _said(rf"\b(?:received|got|handled|led to|caused|resulted in|generated|triggered|saw)\s+{ABOUT}"
     rf"(?P<figure>{NUMBER})\s+(?:new )?{_TICKETS}\b"), figures.count),
    ("support_tickets_count", _said(rf"(?P<figure>{NUMBER})\s+{_TICKETS}\s+(?:were\s+)?(?:opened|filed|raised|received|created|"
     r"logged)\b"), figures.count),
    ("customers_lost_count", _said(rf"\blost\s+{ABOUT}(?P<figure>{NUMBER})\s+customers\b"), figures.count),
    ("revenue_lost", _said(rf"(?P<figure>{MONEY})\s+(?:in|of)\s+(?:refunds|(?:estimated )?lost (?:revenue|sales))\b"),
     figures.money),
    ("revenue_lost", _said(rf"\b(?:lost|cost us)\s+{ABOUT}(?P<figure>{MONEY})\s+(?:in|of)\s+(?:revenue|sales)\b"),
     figures.money),
    ("revenue_lost", _said(rf"\b(?:revenue loss|loss of revenue|lost revenue) of\s+{ABOUT}(?P<figure>{MONEY})"), figures.money),
    ("sla_credits", _said(rf"(?P<figure>{MONEY})\s+(?:in|of)\s+(?:SLA|service) credits\b"), figures.money),
    ("is_sla_breached", _said(r"\bno SLAs? (?:was|were) (?:breached|violated|missed)\b|"
     r"\bSLAs? (?:was|were) not (?:breached|violated|missed)\b"), _always(False)),
    ("is_sla_breached", _said(r"(?<!no )\b(?:our|the) SLAs? (?:was|were) (?:breached|violated|missed)\b|"
     r"\bwe (?:breached|violated|missed) (?:our|the) SLAs?\b"), _always(True)),
    ("is_data_lost", _said(rf"\bno\s+{_DATA}{_GONE}|{_NO_LOSS}"), _always(False)),
    ("is_data_lost", _said(rf"{NUMBER}\s+records\s+(?:was|were|have been)\s+{_GONE}|\b{_LENGTH_OF_TIME} of (?:\w+ )?data (?:was |were )?"
     rf"{_GONE}|\blost {ABOUT}{_LENGTH_OF_TIME} of (?:\w+ )?data\b"), _always(True)),
    ("is_data_exposed", _said(rf"\bno\s+{_DATA}{_OUT}"), _always(False)),
    ("is_data_exposed", _said(rf"{NUMBER}\s+records\s+(?:was|were|have been)\s+{_OUT}"), _always(True)),
    ("records_affected_count", _said(rf"(?P<figure>{NUMBER})\s+records\s+(?:was|were|have been)\s+(?:{_GONE}|{_OUT})"),
     figures.count),
]  # fmt: skip

# A sentence about what might be, or about another time, states nothing of this incident.
_NOT_SAID = re.compile(
    r"\b(?:would|could (?:have|be|lead)|should|might|may|will|if|whether|ensur\w+|verif\w+|check(?:ed|ing)? (?:that|if)|"
    r"prevent\w*|avoid\w*|risk|goal|last (?:time|week|month|year)|previous\w*|earlier|similar incident|at (?:its|the) peak|"
    r"peak\w*|potential\w*|(?:we|i) (?:believe|think|assume))\b",
    re.I,
)
# A figure is another one with these words before it ...
_BOUND = re.compile(
    r"(?:up to|at least|at most|more than|less than|fewer than|over|nearly|almost|under|of|out of|among|another|further|"
    r"additional|other|remaining|first|not|between \S+ and|\d%? (?:to|or|and))\s+(?:(?:our|the|all|a total of)\s+)?"
    rf"{ABOUT}$",
    re.I,
)
# ... or these behind it.
_RATE = re.compile(
    r"^\W*(?:per|every|each|a)\s+(?:second|minute|hour|day)\b|^/\s?(?:s|sec|min|h)\b|^\s+at a time\b", re.I
)
# "No" to a part of it, or to what somebody knows of it, is no "no".
_LIMITED = re.compile(
    r"\b(?:except|besides|apart from|only|within|believe|evidence|indication|as far as|so far|other than|in the \w+ region|"
    r"for (?:most|some)|almost|nearly|did(?: not|n't) (?:know|check))\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*(?=\n|[-*+]\s)")
LONGEST_SENTENCE = 400
LONGEST_FELT = 600
# Beyond this a document tells of more than one incident, or is no post-mortem.
MOST_UNITS = 2000


def impact_of(pairs: list[Pair], walk: Walk) -> dict[str, Statement]:
    """Keyed by the name of the figure. What is said twice and differently is left out; a label outweighs sentences."""
    labelled = _agreed(_labelled(pairs))
    told = _agreed(chain(_told(walk), _told_beside(pairs)))
    if "is_data_lost" in told and told["is_data_lost"].value is False and _is_something_gone(walk):
        del told["is_data_lost"]
    found = told | labelled
    if felt := _felt(walk) or _felt_before(pairs):
        found["user_experience"] = felt
    return _with_currency(found)


_FOR_GOOD = re.compile(
    r"(?<!not )(?<!never )(?<!nothing )\b(?:unrecoverabl[ey]|irrecoverabl[ey]|permanently (?:deleted|lost|destroyed))\b",
    re.I,
)


def _is_something_gone(walk: Walk) -> bool:
    """Whether another sentence contradicts the one that says that nothing was lost."""
    texts = [unit.lead for unit in walk.units[:MOST_UNITS] if unit.kind in {"line", "item"}]
    sentences = [one for text in texts if _FOR_GOOD.search(text) for one in _SENTENCE.split(text)]
    return any(_FOR_GOOD.search(one) and not _NOT_SAID.search(one) for one in sentences)


def _labelled(pairs: list[Pair]) -> Iterator[tuple[str, Statement]]:
    """A row of LABELS with a more general label is asked only where those above it found nothing."""
    told = set()
    for name, keys, reader in LABELS:
        wanted = {*keys.split(), name.replace("_", "")}
        values = [] if name in told else [(pair, reader(pair.value)) for pair in pairs if pair.key in wanted]
        for pair, value in values:
            if value is not None:
                told.add(name)
                yield name, Statement(value, pair.value)


def _felt(walk: Walk) -> Statement | None:
    """What follows "User impact:" to the end of its paragraph; None where several such labels say different things."""
    told = set()
    for unit in walk.units[:MOST_UNITS]:
        lines = unit.lead.strip().split("\n")
        label = labelled(lines[0]) if unit.kind in {"line", "item", "title"} else None
        if label and label.key in _FELT_KEYS and not any(labelled(line) for line in lines[1:]):
            told.add(" ".join(plain_words(" ".join([label.value, *lines[1:]])).split()))
    words = told.pop() if len(told) == 1 else ""
    return Statement(words, words) if _is_told(words) else None


def _felt_before(pairs: list[Pair]) -> Statement | None:
    """The settings in front of a document give it whole."""
    told = [pair.value for pair in pairs if pair.key == "userexperience"]
    return Statement(told[0], told[0]) if len(told) == 1 and _is_told(told[0]) else None


def _is_told(words: str) -> bool:
    is_blank = re.match(
        r"\W*(?:tbd|n/?a|unknown|none|no\b|yes\b|low|medium|high|minor|major|minimal|critical|todo)\W*$", words, re.I
    )
    return 15 <= len(words) <= LONGEST_FELT and not is_blank and not re.search(r"[<\[{].*[>\]}]", words)


def _told(walk: Walk) -> Iterator[tuple[str, Statement]]:
    for unit in walk.units[:MOST_UNITS]:
        if unit.kind not in {"line", "item"} or unit.region.purpose in {Meaning.TIMELINE, Meaning.ACTIONS}:
            continue
        yield from _told_by(unit.lead)


def _told_beside(pairs: list[Pair]) -> Iterator[tuple[str, Statement]]:
    """Whole sentences stand in the settings before a document, and in the cells of a table, too."""
    for pair in pairs[:MOST_UNITS]:
        if pair.key in _SUMMARY_KEYS:
            yield from _told_by(pair.value)


def _told_by(text: str) -> Iterator[tuple[str, Statement]]:
    for sentence in _SENTENCE.split(text):
        words = " ".join(plain_words(sentence).split())
        if len(words) <= LONGEST_SENTENCE and not _NOT_SAID.search(words):
            yield from _told_in(words)


def plain_words(sentence: str) -> str:
    return re.sub(r"\*\*|__|`", "", sentence).replace("\u00a0", " ").replace("’", "'")


def _told_in(sentence: str) -> Iterator[tuple[str, Statement]]:
    for name, pattern, reader in SENTENCES:
        match = pattern.search(sentence)
        if match is None or not _is_meant(match):
            continue
        value = reader(match.groupdict().get("figure") or "")
        if value is not None and not (value is False and _LIMITED.search(sentence)):
            yield name, Statement(value, sentence)


def _is_meant(match: re.Match[str]) -> bool:
    start = match.start("figure") if "figure" in match.re.groupindex else match.start()
    return not _BOUND.search(match.string[:start]) and not _RATE.match(match.string[match.end() :])


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
