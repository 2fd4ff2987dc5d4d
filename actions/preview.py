"""The weekly mail before it is owed: who would read what on the next Monday, as things stand. Nothing is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions.digests import Digest, Group, Line, Pile, gather
from actions.escalation import Ladder
from actions.headings import HEADINGS
from actions.models import Action, WeeklyRun
from actions.weekly import letter_to
from core.dates import DAYS_A_WEEK, monday_of
from people.mail import Letter
from people.models import Organisation, User


@dataclass(frozen=True)
class Expected:
    """What one person would read, without the lines that the viewer may not see: `hidden_count` of them."""

    digest: Digest
    hidden_count: int

    @property
    def groups(self) -> list[tuple[str, int]]:
        return [(HEADINGS[group].title, self.digest[group].count) for group in sorted(self.digest)]

    @property
    def line_count(self) -> int:
        return sum(pile.count for pile in self.digest.values())


def next_monday(now: datetime) -> date:
    """Whose mail is planned next: today's, until that is done."""
    today = now.astimezone(Organisation.load().zone).date()
    if today == monday_of(today) and not WeeklyRun.objects.filter(monday=today).exists():
        return today
    return monday_of(today) + timedelta(days=DAYS_A_WEEK)


def expect(viewer: User, as_of: date) -> Mapping[int, Expected]:
    """By the number of the person. Of what a mail counts and does not list, nobody sees more here than its number."""
    digests = gather(as_of)
    hidden = _hidden_from(viewer, (line for digest in digests.values() for line in _lines_of(digest)))
    return {person: _without(hidden, digest) for person, digest in digests.items()}


def expected_letter(person: User, expected: Expected, as_of: date) -> Letter:
    return letter_to(person, expected.digest, as_of, Organisation.load(), Ladder.load())


def _lines_of(digest: Digest) -> Iterable[Line]:
    return (line for pile in digest.values() for line in pile.lines)


def _hidden_from(viewer: User, lines: Iterable[Line]) -> set[int]:
    restricted = {line.pk for line in lines if line.is_restricted}
    return restricted - set(
        Action.objects.visible_to(viewer).filter(pk__in=restricted).order_by().values_list("pk", flat=True)
    )


def _without(hidden: set[int], digest: Digest) -> Expected:
    left: dict[Group, Pile] = {}
    for group, pile in digest.items():
        lines = [line for line in pile.lines if line.pk not in hidden]
        count = pile.count - len(pile.lines) + len(lines)
        if count:
            left[group] = Pile(lines, count)
    before, after = (sum(pile.count for pile in piles.values()) for piles in (digest, left))
    return Expected(left, before - after)
