"""Root causes and contributing factors that a document lists as such; a story of how it came about is left a story."""

import re
from collections import defaultdict
from collections.abc import Iterator

from .labels import labelled
from .meanings import plain
from .reading import ReadCause
from .regions import LABEL_LEVEL, Region, Unit, Walk

LONGEST = 300
SHORTEST = 8
MOST = 20
ROOT, FACTOR = "root", "factor"
_NUMBER = r"^(?:\d+(?:\.\d+)*[.)]?\s+)?"
_FACTORS = re.compile(
    rf"{_NUMBER}contributing (?:factors?|causes?|conditions?)(?: (?:and|/) [\w ]{{1,40}})?$|寄与要因$|beitragende faktoren$",
    re.I,
)
_ROOTS = re.compile(rf"{_NUMBER}(?:primary |underlying )?root causes$|根本原因$|ursachen$", re.I)
_ROOT = re.compile(rf"{_NUMBER}(?:primary |underlying |blameless )?root[ -]causes?$", re.I)
_CAUSES = re.compile(rf"{_NUMBER}causes(?: noted)?$", re.I)
_KINDS = {"root cause": ROOT, "contributing factor": FACTOR}
_ROOT_KEYS = {"rootcause", "rootcauses", "primaryrootcause", "primarycause", "underlyingcause"}
# What is not known, only asked for, or laid on a person is no cause of ours.
_NO_CAUSE = re.compile(
    r"\b(?:unknown|not (?:yet )?(?:known|clear|determined|identified)|unclear|tbd|todo|n/?a|cannot say|under investigation|"
    r"awaiting|to be determined|human error|operator error|user error|see (?:above|below|also))\b|\?\s*$|不明|人的ミス",
    re.I,
)
_BLANK = re.compile(r"^([*_])(?!\1).*(?<!\1)\1$|^\W*(?:none|no|-+|\.+)\W*$|[<{\[][^\]>}]{3,}[>}\]]\s*$", re.I)


def find_causes(walk: Walk) -> list[ReadCause]:
    found = list(_noted(walk))
    found = found or [ReadCause(ROOT, text) for text in _roots(walk)]
    found += [] if any(one.kind == FACTOR for one in found) else [ReadCause(FACTOR, text) for text in _factors(walk)]
    return list({one.text.casefold(): one for one in reversed(found)}.values())[::-1][:MOST]


def _noted(walk: Walk) -> Iterator[ReadCause]:
    """A list of causes each of which says below what kind it is, as our own exports do."""
    for unit in walk.units:
        if _CAUSES.match(plain(unit.region.title)) and _is_point(unit) and (text := _brief(unit.lead)):
            below = [plain(child.lead).lower() for block in unit.below for child in block.children]
            kinds = [kind for line in below if (kind := _KINDS.get(line.removeprefix("kind: ")))]
            if kinds:
                yield ReadCause(kinds[0], text)


def _factors(walk: Walk) -> list[str]:
    """More than one list of factors belongs to more than one incident."""
    regions = [region for region in walk.regions if _FACTORS.search(plain(region.title))]
    return list(_items(regions[0], walk)) if len(regions) == 1 else []


def _roots(walk: Walk) -> list[str]:
    lists = [region for region in walk.regions if _ROOTS.search(plain(region.title))]
    if len(lists) == 1 and (listed := list(_items(lists[0], walk))):
        return listed
    told = list(_labelled(walk)) or list(_sections(walk))
    return told[:1] if len(told) <= 2 else []  # A summary and a section may word it twice; more are several incidents.


def _items(region: Region, walk: Walk) -> Iterator[str]:
    """The points of a list. Where an item is a heading in disguise ("**No limit**: …"), its name is the cause."""
    names = [one for one in walk.regions if one.parent is region and one.level == LABEL_LEVEL]
    homes = {id(one) for one in (region, *names)}  # an item behind such a name stands in its region for the walk
    points = [(unit.start, unit.lead) for unit in walk.units if id(unit.region) in homes and _is_point(unit)]
    points += [(one.start, one.title) for one in names]
    for _, text in sorted(points):
        if cause := _brief(text):
            yield cause


def _is_point(unit: Unit) -> bool:
    return unit.kind == "item" and unit.depth == 0 and unit.stamp is None


def _labelled(walk: Walk) -> Iterator[str]:
    for unit in walk.units:
        lines = unit.lead.strip().split("\n")
        label = labelled(lines[0]) if unit.kind in {"line", "item", "title"} else None
        if label and label.key in _ROOT_KEYS and (cause := _brief(" ".join([label.value, *lines[1:]]))):
            yield cause


def _sections(walk: Walk) -> Iterator[str]:
    """A section of its own that is one short paragraph and nothing more."""
    parents = {id(region.parent) for region in walk.regions}
    inside: dict[int, list[Unit]] = defaultdict(list)
    for unit in walk.units:
        if unit.kind != "title":
            inside[id(unit.region)].append(unit)
    for region in walk.regions:
        units = inside[id(region)]
        is_brief = (
            id(region) not in parents and [unit.kind for unit in units] == ["line"] and len(units[0].lead) <= LONGEST
        )
        if is_brief and _ROOT.search(_bare(region.title)) and (cause := _brief(units[0].lead)):
            yield cause


def _bare(title: str) -> str:
    return re.sub(r":\w+:|[^\w\s.)-]", "", plain(title)).strip()


def _brief(written: str) -> str:
    """The whole text, or its first sentence where that is longer than a cause may be; empty where it names none."""
    if _BLANK.search(" ".join(written.split())):  # Words in italics throughout are the template's, not the author's.
        return ""
    words = re.sub(r"!?\[([^\]]{0,200})\]\([^)]{0,400}\)", r"\1", written)
    words = " ".join(re.sub(r"\*\*|__|`", "", words).split()).strip(" -–—:")
    if len(words) > LONGEST:
        words = re.split(r"(?<=[.!?])\s+(?=[A-Z])", words)[0]
    is_cause = SHORTEST <= len(words) <= LONGEST and not _NO_CAUSE.search(words)
    return words if is_cause and not words.startswith(("http", "|", "#")) else ""
