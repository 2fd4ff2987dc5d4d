"""Blocks and values in a text that always say what the records say: `{{timeline}}`, `{{duration}}` and their like.

What a block shows is known by whoever keeps the records: the apps above bring their own. A block is made of plain values,
by a template that escapes them; the words in it are never read as Markdown, so nothing in it can name a block again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from django.template.loader import render_to_string
from django.utils import timezone

from core.dates import in_words
from core.embeds import File, Surroundings
from incidents.models import Impact
from postmortems.exporting.document import ActionLine, Fact, action_lines_of, impact_facts
from postmortems.exporting.moments import Moment, moments_of
from postmortems.models import Attachment, Postmortem

DURATION = "duration"
MOST_OF_A_KIND = 5  # A text that names a long timeline a thousand times must not make a page of a thousand timelines.


class Records(Protocol):
    """What the blocks are made of: the values of an export, or those of a page, read when first asked for."""

    @property
    def duration(self) -> timedelta | None: ...

    @property
    def impact(self) -> list[Fact]: ...

    @property
    def timeline(self) -> list[Moment]: ...

    @property
    def actions(self) -> list[ActionLine]: ...


@dataclass(frozen=True)
class Block:
    """`html` is escaped by its template; `text` is Markdown."""

    name: str
    html: Callable[[Records], str]
    text: Callable[[Records], str]


_blocks: dict[str, Block] = {}


def register(block: Block) -> None:
    _blocks[block.name] = block


def names() -> list[str]:
    return sorted(_blocks)


def html_of(name: str, records: Records) -> str:
    """Raises LookupError for a name that nobody has brought."""
    return duration_of(records) if name == DURATION else _blocks[name].html(records)


def duration_of(records: Records) -> str:
    return "an unknown time" if records.duration is None else in_words(records.duration)


class PageRecords:
    """The records of one post-mortem as they are now, each kind read once, and only if some text shows it."""

    def __init__(self, postmortem: Postmortem, *, today: date) -> None:
        self.postmortem = postmortem
        self.today = today

    @property
    def duration(self) -> timedelta | None:
        return self.postmortem.incident.duration

    @cached_property
    def impact(self) -> list[Fact]:
        incident = self.postmortem.incident
        return impact_facts(Impact.objects.filter(incident=incident).first() or Impact(incident=incident))

    @cached_property
    def timeline(self) -> list[Moment]:
        return moments_of(self.postmortem)

    @cached_property
    def actions(self) -> list[ActionLine]:
        return action_lines_of(self.postmortem, today=self.today)


class InPostmortem(Surroundings):
    """What any text of a post-mortem may refer to, wherever it is shown; one for all its texts together."""

    def __init__(self, records: Records, people: Mapping[int, str]) -> None:
        self.records = records
        self.people = people
        self.blocks = names()
        self.made: dict[str, str] = {}
        self.shown: Counter[str] = Counter()

    def value(self, name: str) -> str | None:
        return duration_of(self.records) if name == DURATION else None

    def block(self, name: str) -> str:
        self.shown[name] += 1
        if self.shown[name] > MOST_OF_A_KIND:
            return self.make_again(name)
        if name not in self.made:
            self.made[name] = self.make(name)
        return self.made[name]

    def make(self, name: str) -> str:
        return html_of(name, self.records)

    def make_again(self, name: str) -> str:
        return render_to_string("postmortems/blocks/again.html", {"name": name})


class OnPage(InPostmortem):
    def __init__(self, postmortem: Postmortem, people: Mapping[int, str]) -> None:
        super().__init__(PageRecords(postmortem, today=timezone.localdate()), people)
        self.postmortem = postmortem

    @cached_property
    def files(self) -> dict[int, Attachment]:
        return Attachment.objects.described().filter(postmortem=self.postmortem).in_bulk()

    def file(self, number: int) -> File | None:
        row = self.files.get(number)
        if row is None:
            return None
        address = row.address_in(self.postmortem.number)
        if not row.is_picture:
            return File(address, note=row.note)
        return File(address, picture=address, width=row.width, height=row.height)


class AsText(InPostmortem):
    """For files of words: blocks are written out as Markdown."""

    def make(self, name: str) -> str:
        return _blocks[name].text(self.records)

    def make_again(self, name: str) -> str:
        return f"*(The {name} is shown above.)*"
