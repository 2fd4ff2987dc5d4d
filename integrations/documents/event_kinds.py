"""What a timeline entry is, where it says so: under a label of its own, or in words that can mean one kind only.

Suggestions to a person may be bold (see timelines.meanings); this is filled in unasked, so all else stays `other`.
"""

import re

from .meanings import plain

# How far a kind is told from: what comes after is detail.
BEGINNING = 300
_LABELS = {
    "detection": r"detect(?:ion|ed)|first (?:alert|report|detected)|検知|erkannt|erkennung|détection|detección",
    "diagnosis": r"diagnosis|diagnosed|(?:root )?cause (?:identified|found)|identified|investigation|原因特定",
    "communication": r"(?:customer |internal |external )?(?:communications?|comms)|status page",
    "decision": r"decisions?|decided",
    "action": r"actions?(?: taken)?",
    "escalation": r"escalat(?:ion|ed)",
    "mitigation": r"mitigat(?:ion|ed)|緩和|緩和完了",
    "recovery": r"recover(?:y|ed)|resolved|resolution|restored|復旧|復旧完了|復旧確認|behoben",
}
_LABELLED = [
    (kind, re.compile(rf"^\W{{0,6}}(?:{words})(?:\*\*|__)?\s*(?:[\])）】:：|–—]|\s-\s|$)", re.I))
    for kind, words in _LABELS.items()
]

_NAMES = [(kind, re.compile(rf"(?:{words})", re.I)) for kind, words in _LABELS.items()]

_WHO = r"(?:the\s+|our\s+)?(?:team|engineers?|on-?call|operations|ops|devops|sre|we|staff|support)"
_USERS = r"(?:users?|customers?|clients?|students?|players?|members?|merchants?|teams?)"
FAULT = r"(?:incident|issue|outage|problem|impact|fault|disruption)"
_IS = r"(?:(?:is|was|are|were|has been|have been|had been|got|gets)\s+)?"
_DONE_TO = r"(?:(?:is|was|are|were|has been|have been|fully|now|successfully|manually|finally)\s+)*"
_TOLD = r"(?:notified|informed|told|e-?mailed|messaged)"
_ALL_OF = r"(?:services?|site|website|systems?|everything|clusters?|app(?:lication)?|platform|traffic|functionality)"
_SAID = {
    "detection": [
        r"\b(?:alerts?|alarms?)\s+(?:\w+\s+){0,4}?(?:fires?|fired|firing|triggers?|triggered|went off|goes off|received|"
        r"raised|noticed|detects?|detected)\b(?!\s+to\b)",
        rf"\b{_WHO}\s+(?:\w+\s+)?(?:is|are|was|were|got|gets)\s+alerted\b",
        r"\b(?:monitoring|pingdom|monitors?|health checks?|probes?)\s+(?:[\w.-]+\s+){0,5}?(?:detects?|detected|alerts?|"
        r"alerted|reports?|reported)\b",
        rf"^(?:first\s+)?(?:{FAULT}\s+)?{_IS}(?:first\s+)?detected\b",
        r"^(?:first|initial|incoming|new|user|customer)?\s*reports?\s+(?:of|that|from|by)\b",
        rf"(?<!\bof )(?<!\bmore )\b{_USERS}\s+(?:\w+\s+)?(?:(?:reports?|reported|complains?|complained)\s+(?!escalat)\w|"
        r"notif(?:ies|ied)\s+(?:the\s+)?team\b)",
        rf"\b(?:{FAULT}|errors?|behaviou?r)\s+{_IS}(?:first\s+)?reported\b",
    ],
    "escalation": [
        r"\b(?:is|was|were|are|got|gets)\s+(?:\w+\s+)?paged\b|^paged\b|\bpages?\s+(?:the\s+)?(?:on-?call|sre)\b",
        r"\bescalat(?:es|ed)\s+(?:\w+\s+){0,3}to\b|\bon-?call\s+(?:\w+\s+){0,3}(?:paged|pinged|called)\b",
        r"\bhand(?:s|ed)\s+over\s+to\b",
    ],
    "communication": [
        rf"\bstatus(?:\s?page|\s+incident|\.[\w.]+\S*)\s+{_DONE_TO}(?:updated?|posted|created|published)\b",
        r"\b(?:posted|published|updated|posts|publishes|updates)\s+(?:\w+\s+){0,5}(?:status\s?page|status\s+incident)\b",
        rf"\bannouncement\s+{_DONE_TO}(?:posted|published|sent|made)\b|\b(?:we|team|@\w+|employee)\s+announce[sd]?\b",
        rf"\b(?:comms|communications?)\s+{_DONE_TO}(?:distributed|sent|posted)\b",
        rf"\b(?:{_USERS}|stakeholders|management|leadership|mailing list)\s+(?:is|are|was|were|have been)\s+{_TOLD}\b",
        rf"\b{_TOLD}\s+(?:the\s+|our\s+|all\s+|affected\s+)*(?:{_USERS}|stakeholders|management|leadership)\b",
        r"\bposted\s+(?:an?\s+|the\s+|first\s+)*(?:updates?|notice)\b",
    ],
    "decision": [
        rf"\bdecisions?\s+{_IS}(?:made|taken|reached)\b|\bdecid(?:e|es|ed)\s+(?:to|against|that|not to)\b",
        rf"^(?:\w+\s+)?incident\s+{_IS}declared\b(?!\s+(?:resolved|over|closed|mitigated))",
    ],
    "diagnosis": [
        rf"\b(?:root\s+)?cause\s+{_DONE_TO}(?:identified|found|detected|determined|confirmed|understood|discovered)\b",
        r"\b(?:identif(?:y|ies|ied)|found|finds|determine[sd]?|discover(?:s|ed)|understood)\s+(?:the\s+|what\s+)?"
        r"(?:root\s+cause|cause|reason|culprit|underlying)\b",
        rf"\b(?:issue|problem|bug|culprit)\s+{_DONE_TO}identified\b",
        r"\binvestigation\s+(?:is\s+|was\s+)?(?:launched|started|starts|begins|began|opened)\b|^investigat(?:ing|ed)\b|"
        r"\b(?:begins?|began|started|starts)\s+(?:to\s+)?(?:investigat\w+|troubleshoot\w*|looking\s+into)\b",
    ],
    "mitigation": [
        rf"\b{FAULT}\s+{_DONE_TO}mitigated\b",
        rf"^(?:\[[\w-]+\]\s+|@[\w-]+\s+|{_WHO}\s+|engineers?\s+)*(?:rolled\s+back|reverts|reverted|failed\s+over\s+to|"
        r"restarted|disabled|scaled\s+(?:up|out))\b",
        r"\b(?:deployment|release|change|pr|commit|config(?:uration)?|update)\b[^.;]{0,40}\s(?:was|were|is|has been)\s+"
        r"(?:\w+\s+){0,2}(?:rolled\s+back|reverted)\b",
        r"\broll\s?back\s+(?:of\s+[^.;]{1,40}\s)?(?:is\s+|was\s+)?(?:performed|completed|complete|finished|deployed)\b",
        rf"\b(?:hot-?fix|fix|patch|workaround)\s+{_DONE_TO}(?:deployed|applied|rolled\s+out|in\s+place|live)\b",
        r"\b(?:deploy(?:s|ed)|applied|rolled\s+out|shipped)\s+(?:an?\s+|the\s+)?(?:hot-?fix|fix|patch|workaround)\b",
    ],
    "recovery": [
        rf"\b{_ALL_OF}\s+(?:\w+\s+)?{_DONE_TO}(?:recovered|restored|operational|healthy|back)\b",
        rf"\b(?:incident|issue|outage)\s+{_DONE_TO}(?:declared\s+|considered\s+)?(?:resolved|closed|over|ends|ended)\b",
        r"^resolved\b|\bback\s+(?:online|to\s+normal)\b|\bfully\s+(?:operational|recovered|restored)\b|\ball[- ]clear\b|"
        r"\b(?:returns?|returned)\s+to\s+normal\b",
    ],
}  # fmt: skip
_PATTERNS = [(kind, re.compile("|".join(patterns), re.I)) for kind, patterns in _SAID.items()]
_TAKEN_BACK = re.compile(
    r"\b(?:not?|never|cannot|without|should|could|would|might|may|will|expect\w*|if|whether|why|until|before|after|when|"
    r"try\w*|tr(?:y|ies|ied)|attempt\w*|partial\w*|fail(?:s|ed) to|unable|once|some|most|hypothes\w+|potential\w*|possibl[ey]|"
    r"suspect\w*|almost|nearly|mistaken\w*|incorrectly|to be|planned|scheduled|again and again|"
    r"temporar\w+|believ\w+|looks? like|seem\w*)\b|n['’]t\b|予定",
    re.I,
)
_IS_WELL = re.compile(r"\b(?:fine|ok(?:ay)?|healthy|normal|recover\w*|works?|working|fixed|resolved|good)\b", re.I)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def named_kind(label: str) -> str:
    """The kind that a column or a label names by itself; empty where it names none of ours."""
    words = plain(label).strip("*_` ")
    return next((kind for kind, pattern in _NAMES if pattern.fullmatch(words)), "")


def event_kind_of(text: str) -> str:
    """`other` where no kind is told, or two are."""
    beginning = text[:BEGINNING]
    labelled = [kind for kind, pattern in _LABELLED if pattern.match(beginning)]
    if labelled:
        return labelled[0] if not _TAKEN_BACK.search(beginning[:40]) else "other"
    kinds = {kind for sentence in _SENTENCE.split(beginning) for kind in _told_in(plain(sentence).lstrip("*> "))}
    return kinds.pop() if len(kinds) == 1 else "other"


def is_taken_back(sentence: str, end: int) -> bool:
    """Whether the words up to `end`, or those right behind, deny, doubt or only announce what is said."""
    return bool(_TAKEN_BACK.search(sentence[: end + 15]))


def _told_in(sentence: str) -> set[str]:
    found = set()
    for kind, pattern in _PATTERNS:
        match = pattern.search(sentence)
        if match and not is_taken_back(sentence, match.end()):
            found.add(kind)
    if _IS_WELL.search(sentence):
        found.discard("detection")  # An alert that is over, or a user who says that it works again.
    return found
