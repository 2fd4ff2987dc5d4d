"""The same thing told twice is one event."""

from collections import deque
from datetime import timedelta

from .reading import Entry, folded

LEEWAY = timedelta(seconds=60)
MOST_BESIDE = 20
SAME = "The same as another entry at the same time"


def in_order(entries: list[Entry]) -> list[Entry]:
    """By time, those without one last; what repeats another is left out and says so."""
    ordered = sorted(
        _oldest_first(entries), key=lambda entry: (entry.at is None, entry.at.timestamp() if entry.at else 0.0)
    )
    keys: set[str] = set()
    same_words: dict[str, deque[Entry]] = {}
    for entry in ordered:
        if entry.left_out:
            continue
        others = same_words.setdefault(folded(entry.text), deque(maxlen=MOST_BESIDE))
        if (entry.key and entry.key in keys) or any(_repeats(entry, other) for other in others):
            entry.left_out = SAME
            continue
        keys.add(entry.key)
        others.append(entry)
    return ordered


def _oldest_first(entries: list[Entry]) -> list[Entry]:
    """What an API lists newest first is turned round, so that things of one second keep the order they happened in."""
    known = [entry.at for entry in entries if entry.at]
    is_newest_first = len(known) > 2 and known[0] > known[-1] and known == sorted(known, reverse=True)
    return entries[::-1] if is_newest_first else entries


def _repeats(entry: Entry, other: Entry) -> bool:
    """Of two that say the same. The sender's own names decide where both have one from the same kind of sender."""
    if entry.at is None or other.at is None or abs(entry.at - other.at) > LEEWAY:
        return False
    if entry.key and other.key and entry.key.split("|")[0] == other.key.split("|")[0]:
        return False
    return entry.who == other.who or not entry.who or not other.who
