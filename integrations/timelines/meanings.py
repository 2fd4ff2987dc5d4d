"""What an entry is about, and which words are none of an incident's: guesses for a person to look over."""

import re

_KINDS = (
    (
        "communication",
        r"status ?page|posted (?:an? )?(?:update|notice)|(?:told|informed|notified|e-?mailed|messaged) (?:the )?(?:customers?|"
        r"clients?|users|support|management|leadership)|announce|\b(?:public|internal|customer) (?:update|notice|message)|"
        r"press\b|tweet|statement",
    ),
    (
        "escalation",
        r"\bpag(?:ed|ing)\b|escalat|on-?call\b|call(?:ed|ing) (?:in|up)|pulled? in|joined the (?:call|bridge|incident)|"
        r"hand(?:ed|ing)? ?over|assigned to|brought in|looping in|need (?:help|hands) from|incident commander",
    ),
    (
        "recovery",
        r"\b(?:resolved|recovered|recovery|restored|all[- ]clear|healthy again|back (?:to normal|up|online)|"
        r"closed the incident|is (?:green|healthy|normal) again|incident (?:is )?over|fully operational)\b",
    ),
    (
        "mitigation",
        r"mitigat|roll(?:ed|ing)?[ -]?back|rollback|revert|fail(?:ed|ing)?[ -]?over|restart|reboot|scal(?:ed|ing) (?:up|out|"
        r"down)|drain(?:ed|ing)?\b|disabl|feature flag|hot-?fix|workaround|block(?:ed|ing) (?:the )?(?:ip|traffic)|"
        r"kill(?:ed|ing) (?:the|all|long|stuck)\b",
    ),
    (
        "detection",
        r"🚨|\balert|\balarm|\bfir(?:ed|ing)\b|trigger(?:ed|s)\b|detect|notic(?:ed|ing)|monitor(?:ing)? (?:shows|showed|saw)|"
        r"(?:customers?|users?|support) (?:report|complain|see)|reports? of|\bspik(?:e|ed|ing)\b|threshold|critical:|"
        r"\b5xx\b|errors? (?:rate )?(?:rose|climb|jump|rising|went up)|\bdown\b\??$",
    ),
    (
        "decision",
        r"\bdecid|decision|\bwe(?:'ll| will| should|'re going to)\b|\blet'?s\b|agreed|going (?:ahead )?with|\bgo\b for|"
        r"call(?:ed|ing) (?:it )?(?:a )?sev|declar(?:e|ed|ing)|approved",
    ),
    (
        "action",
        r"investigat|look(?:ing|ed) (?:at|into)|check(?:ed|ing)|deploy|\bran\b|running|appl(?:ied|ying)|fix|patch|merg|"
        r"commit|push(?:ed)?\b|open(?:ed|ing)|start(?:ed|ing)|stopp|upgrad|chang(?:ed|ing)|increas|add(?:ed|ing)|"
        r"remov|clear(?:ed|ing)|identified|found|\back(?:nowledged)?\b|on it\b",
    ),
)
_PATTERNS = [(kind, re.compile(pattern, re.I)) for kind, pattern in _KINDS]


def kind_of(text: str) -> str:
    """The kind that its words suggest; `other` where they suggest none."""
    beginning = text[:600]
    return next((kind for kind, pattern in _PATTERNS if pattern.search(beginning)), "other")


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


STATES = {
    "investigating": "detection",
    "identified": "action",
    "monitoring": "mitigation",
    "resolved": "recovery",
    "postmortem": "communication",
    "triggered": "detection",
    "acknowledged": "action",
}

_THANKS = words_of(
    "thanks thank thx thanx ty tysm danke merci gracias obrigado obrigada grazie cheers kudos congrats "
    "congratulations awesome nice great cool perfect excellent amazing brilliant lovely wow yay woohoo hooray "
    "phew lol lmao haha hahaha hehe rofl ok okay k kk okey yes yep yup yeah ya sure no nope nah right agreed "
    "same hi hello hey hiya morning hmm hm oops ouch sorry np noted gotcha indeed exactly true please welcome "
    "bye goodbye done? +1 -1 ++ ^ ^^ this ありがとう ありがとうございます 谢谢 감사합니다 спасибо fine"
)
_COMPANY = words_of(
    "you u so much very a an the and for to of all everyone everybody team guys folks people y'all again lot "
    "lots million bunch help helping your work job teamwork effort one good well done there i is it that's thats "
    "that was no problem worries man mate both really super today night day evening afternoon have weekend will "
    "do my bad got too me us we are best"
)
_NAMES = re.compile(r"@[\w.\-]+(?: [A-Z][\w\-]+)?|:[a-z0-9_+\-]+:(?::skin-tone-\d:)?")
_SMALL_TALK = re.compile(
    r"\b(?:good (?:morning|night)|happy birthday|have a (?:nice|good|great) (?:day|weekend|evening|one)|"
    r"(?:anyone|who'?s|going|want|grab) (?:\w+ ){0,3}(?:lunch|coffee|beers?)|lunch\?|out of office|see you (?:later|tomorrow))\b",
    re.I,
)


def is_no_event(text: str) -> str:
    """Why a message of a chat tells nothing of an incident; empty when it may."""
    words = _NAMES.sub(" ", text).strip()
    if not re.search(r"\w|[+^]", words):
        return "Nothing but a reaction"
    if len(words) > 160 or re.search(r"\d{2}|https?:|```", words):
        return ""
    said = [word.strip(".,!?;:()'\"~*_") for word in words.casefold().replace("’", "'").split()]
    said = [word for word in said if re.search(r"\w|[+^]", word)]
    if any(word in _THANKS for word in said) and all(word in _THANKS or word in _COMPANY for word in said):
        return "Thanks, a greeting or a yes"
    return "Small talk" if _SMALL_TALK.search(words) else ""
