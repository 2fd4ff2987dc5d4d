"""What a heading announces, told from its words, in the languages that post-mortems are mostly written in."""

import re
from enum import Enum
from functools import lru_cache


class Meaning(Enum):
    TIMELINE = "timeline"
    ACTIONS = "actions"
    OTHER = "other"  # a subject of its own: it ends what the heading above it announced
    NONE = "none"


_TIMELINE = (
    r"time ?line|timelime|chronolog|chronik|sequence of events|series of events|order of events|flow of events|"
    r"(?:event|incident|outage|response|activity) log\b|log of events|key (?:events|moments|times)|what happened when|"
    r"^events$|^history of events|タイムライン|時系列|経緯|経過|zeitleiste|zeitlicher? (?:ab|ver)lauf|"
    r"zeitverlauf|ablauf|"
    r"hergang|^verlauf|déroul|deroul|frise|cronolog|l[ií]nea (?:de|del) tiempo|linha do tempo|tijdlijn|"
    r"tidslinje|aikajana|"
    r"oś czasu|przebieg|хронолог|ход событий|时间线|时间轴|時間線|時間軸|事件经过|타임라인|경과|zaman çizelgesi"
)
_ACTIONS_SURELY = (
    r"action[- ]?(?:items?|points?|plan|list|able)|\bactions?\b(?! (?:taken|required|report|was|were))|next[- "
    r"]steps?\b|"
    r"follow(?:ing)?[- ]?ups?\b|\bto[- ]?dos?\b|remediations?\b|remedial|corrective|"
    r"preventi(?:ve|ative|on) (?:and \w+ )?(?:measure|action|step|work)|work items?\b|countermeasures?|"
    r"what (?:we(?:'|’| a)re|are we|will we|we will|we(?:'|’)ll|we plan to|we are going to) (?:be )?(?:do|doing|"
    r"going|change|changing|improv)|"
    r"what (?:are|will|were) we .{0,30}(?:prevent|future|again)|how (?:are|will|can|do) we .{0,30}(?:prevent|"
    r"avoid|stop|sure)|"
    r"(?:prevent|avoid)(?:ing)? .{0,40}(?:again|recurr|reoccur|future|similar|repeat)|"
    r"アクション|対応項目|再発防止|今後の対応|今後の対策|恒久対[策応]|ネクストステップ|次のステップ|"
    r"maßnahmen?|massnahmen?|nächste schritte|folgeaufgaben|handlungs(?:bedarf|punkte)|aufgaben|"
    r"plan d['’ ]action|mesures|prochaines étapes|suites? à donner|actions? (?:correctives?|à)|"
    r"acciones|medidas|próximos pas+os|proximos pasos|tareas|ações|plano de ação|azioni|prossimi passi|"
    r"acties|actiepunten|vervolgstappen|åtgärd|tiltak|handlinger|toimenpite|działania|zadania|"
    r"действия|меры|задачи|行动项|改进措施|改进项|后续|待办|조치|후속|액션|aksiyon"
)
_OTHER = (
    r"resol(?:ution|ved|ving)|recover|root[- ]cause|^causes?$|\bimpact|summary|overview|detection|lessons?\b|learn|"
    r"went (?:well|wrong|right|poorly|badly)|did(?:n'?t| not)? go|got lucky|background|glossary|appendix|copyright|"
    r"references?\b|attendees|participants|responders|\bstats?\b|statistics|metrics|supporting|contributing|^response|"
    r"discussion|five why|5 why|\bwhys\b|analysis|communicat|acknowledg|about |related|links?$|resources|"
    r"good|bad|worked|could (?:be|have)|areas? (?:for|of)|room for|recurrence|backlog|"
    r"が必要なこと|良かった|悪かった|うまくい|運が|幸運|教訓|影響|概要|サマリー|根本原因|評価|検知|メタデータ|zusammenfassung|ursache|auswirkung|lehren|erkenntnis|"
    r"résumé|impact|cause|leçons|enseignements|resumen|impacto|causa|lecciones|lições|riepilogo|摘要|影响|根因|教训|요약|영향|원인"
)
_ACTIONS_PERHAPS = (
    r"improvements?\b|\bmeasures\b|\btasks?\b|\btickets?\b|\bfixes\b|\bprevention\b|preventing|recommendations?\b|"
    r"mitigations\b|(?:the )?(?:following|coming|next) (?:\w+ )?(?:days|weeks|months|quarter)|(?:going|moving) forward|"
    r"looking (?:ahead|forward)|future (?:work|plans?|steps?)|what(?:'|’)?s next|plans?$|changes we|commitments?|"
    r"対策|改善|対応策|verbesserung|empfehlung|améliorations|recommandations|mejoras|recomendaciones|melhorias|miglioramenti|改进|建议|개선|재발"
)
_NOT_ACTIONS = (
    r"github actions?|after[- ]action|actions? (?:runner|workflow)|no action|user action|what should you|what "
    r"(?:do|should) (?:you|users|customers)|"
    r"required by|actions? taken|immediate response|process of|follow[- ]?up to"
)
_MARKUP = re.compile(r"<[^>]{1,80}>|\{[#.][^}]{0,60}\}|!?\[([^\]]{0,120})\]\([^)]{0,300}\)|[*`#]+|(?<!\w)_+|_+(?!\w)")

_PATTERNS = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        "timeline": _TIMELINE,
        "surely": _ACTIONS_SURELY,
        "other": _OTHER,
        "perhaps": _ACTIONS_PERHAPS,
        "never": _NOT_ACTIONS,
    }.items()
}


def plain(title: str) -> str:
    """A title without its markup, for showing and for matching."""
    text = _MARKUP.sub(lambda match: match[1] or "", title[:500])
    return re.sub(r"\s+", " ", text).strip(" \t-–—.|\u3000").rstrip(":：").strip()


@lru_cache(maxsize=2048)
def meaning_of(title: str) -> Meaning:
    words = plain(title)
    if not words or len(words) > 120:
        return Meaning.NONE
    if _PATTERNS["timeline"].search(words):
        return Meaning.TIMELINE
    may_be_actions = not _PATTERNS["never"].search(words)
    if may_be_actions and _PATTERNS["surely"].search(words):
        return Meaning.ACTIONS
    if _PATTERNS["other"].search(words):
        return Meaning.OTHER
    if may_be_actions and _PATTERNS["perhaps"].search(words):
        return Meaning.ACTIONS
    return Meaning.NONE


def are_surely_actions(title: str) -> bool:
    return bool(_PATTERNS["surely"].search(plain(title)))


_PROMISE = re.compile(
    r"(?:we|i)(?: will|['’]ll|['’]re| are| have|['’]ve)(?: also| now| already| be| been| going to)? (?:do|doing|"
    r"done|take|taking|taken|make|making|made|"
    r"implement(?:ing|ed)?|work(?:ing)? on|plan(?:ning)?|commit(?:ting|ted)?) .{0,40}(?:following|these|several|"
    r"steps|changes|improvements|measures|actions)|"
    r"(?:created|opened|filed|raised) (?:\w+ ){0,3}(?:tickets?|issues|tasks) .{0,80}(?:track|fill|work|follow|gap)|"
    r"(?:process|posture|security|policy|product) .{0,30}changes we(?:['’]re| are) (?:implementing|making)|"
    r"(?:steps|measures|actions|changes) (?:we|that we|being|to be) .{0,30}(?:tak|mak|implement|plan|prevent)|"
    r"to (?:prevent|avoid) .{0,80}(?:we will|we['’]ll|we are|we['’]re|following)|"
    r"以下の(?:対策|対応|施策)|folgende maßnahmen|les (?:mesures|actions) suivantes|"
    r"las siguientes (?:acciones|medidas)",
    re.I,
)


def promises_actions(paragraph: str) -> bool:
    """Whether a paragraph that ends in a colon hands over to a list of measures."""
    text = paragraph.strip().rstrip("*_ ")[-400:]
    if not text.endswith((":", "：")):
        return False
    sentence = re.split(r"(?<=[.!?。])\s+", text)[-1]
    return bool(_PROMISE.search(sentence))
