"""Where the passages of threads stand in the texts: there, or gone with their last letter.

A passage of which nothing is left stands again when its very words come back where they stood: somebody undid the
deletion, or brought back an earlier state. Yjs gives the returning letters new ids, so they are known by being the
same words at the same place.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from live.anchors import Span
from live.commands import find_passages
from postmortems.models import Postmortem, Thread


@dataclass(frozen=True)
class Passage:
    """What a thread is about, now. `words` are the passage as it reads, or as it read last when it is lost."""

    words: str
    span: Span | None
    is_anchored: bool

    @property
    def is_lost(self) -> bool:
        return self.span is None


def passages_of(postmortem: Postmortem, threads: Iterable[Thread]) -> dict[int, Passage]:
    """The passage of each thread that is about one. Without any, the document is not even read."""
    about = {thread.pk: thread for thread in threads if thread.place}
    if not about:
        return {}
    wanted = {pk: (thread.section.key, place) for pk, thread in about.items() if (place := thread.place)}
    found = find_passages(postmortem.room, wanted)
    return {pk: _passage(thread, found.texts.get(thread.section.key, ""), found.spans) for pk, thread in about.items()}


def _passage(thread: Thread, text: str, spans: Mapping[int, Span | None]) -> Passage:
    span = spans[thread.pk]
    if span is not None and text[span.start : span.end].strip():
        return Passage(text[span.start : span.end], span, is_anchored=True)
    back = None if span is None else back_at(text, span.start, [thread.last_words, thread.quote])
    if back is None:
        return Passage(thread.last_words, None, is_anchored=False)
    return Passage(text[back.start : back.end], back, is_anchored=False)


def back_at(text: str, at: int, words: Iterable[str]) -> Span | None:
    """Where one of these wordings stands again so that it touches a place; the editor looks in the same way."""
    for wording in words:
        start = text.find(wording, max(0, at - len(wording)), at + len(wording)) if wording else -1
        if start >= 0:
            return Span(start, start + len(wording))
    return None


def place_of_quote(text: str, quote: str) -> Span | None:
    """The first place where a text says these words; line breaks and double spaces count as one space."""
    words = quote.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    return Span(*found.span()) if found else None
