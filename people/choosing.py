"""Choosing people: whom one may choose at which place, whom to offer first, and whom written words mean.

No page holds everybody. A place says who may be chosen there (`Pool`), for the field that reads the answer and for the
suggestions alike; apps above register theirs.
"""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db.models import Case, Prefetch, Q, QuerySet, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from core.templatetags.looks import person_color
from people.models import Absence, Team, User
from people.models.finding import WORD, Folded, beginnings, fold
from people.models.users import UserQuerySet

MOST_SUGGESTED = 12
MOST_TEAMS = 4
FEW_TEAMS = 25  # A word that more of them have, such as “team”, tells nobody apart.
MOST_MEANT = 6
FEWEST_LETTERS = 2
ADDRESS = re.compile(r"[^\s()<>,;]+@[^\s()<>,;]+")
ONESELF = {"", "me"}


def not_here(person: User) -> str:
    return f"{person} has left." if not person.is_active else f"{person} cannot be chosen here."


def nobody_nearer() -> Sequence[Q]:
    return ()


@dataclass(frozen=True)
class Pool:
    """Whom one may choose at a place. Without `place` nothing is suggested, and names have to be written.

    `near` are conditions, the nearest people's first; `notes` tell what else one would like to know of a few of them, as
    far as a reader may. With `has_teams` a team may be chosen in the place of a person; values then say which: `team-3`,
    `person-7`. Without `tells_addresses` nothing is told of anybody but the names of those who may be chosen.
    """

    people: UserQuerySet
    place: str = ""
    of: int | None = None
    near: Callable[[], Sequence[Q]] = nobody_nearer
    why_not: Callable[[User], str] = not_here
    notes: Callable[[Collection[int], User], Mapping[int, str]] | None = None
    has_teams: bool = False
    tells_addresses: bool = True
    left_out: frozenset[str] = frozenset()

    def besides(self, people: Collection[User], why: str) -> "Pool":
        """Without those of whom that is true: `besides([owner], "owns it already")`."""

        def why_not(other: User) -> str:
            return f"{other} {why}." if other in people else self.why_not(other)

        others = self.people.exclude(pk__in=[person.pk for person in people])
        return replace(self, people=others, why_not=why_not, left_out=frozenset(map(self.value_of, people)))

    @property
    def url(self) -> str:
        if not self.place:
            return ""
        if self.of is None:
            return reverse("people:suggest", args=[self.place])
        return reverse("people:suggest_within", args=[self.place, self.of])

    def value_of(self, chosen: User | Team) -> str:
        kind = ("team-" if isinstance(chosen, Team) else "person-") if self.has_teams else ""
        return f"{kind}{chosen.pk}"


_places: dict[str, Callable[[User, int | None], Pool]] = {}


def register_place(name: str, pool_for: Callable[[User, int | None], Pool]) -> None:
    """`pool_for` is given the reader and the number of what the place belongs to; it raises Http404 if they may not see that."""
    _places[name] = pool_for


def pool_at(name: str, reader: User, of: int | None) -> Pool:
    if name not in _places:
        raise Http404
    return _places[name](reader, of)


def anybody(reader: User | None = None) -> Pool:
    """Everyone who ever was here, to look for what was theirs."""
    return Pool(User.objects.all(), "anybody", near=lambda: [mates_of(reader)] if reader else ())


def mates_of(reader: User) -> Q:
    return Q(pk__in=_members(Team.objects.of(reader).order_by().values("pk")))  # type: ignore[attr-defined]


# Suggestions.


def suggested(pool: Pool, words: str, *, reader: User) -> list[dict[str, Any]]:
    """At most a dozen of them for what somebody has typed so far, best first; the reader is at hand as `me`."""
    words = words.strip()
    teams = _teams_like(words)
    people = list(_ranked(pool, words, reader, teams)[:MOST_SUGGESTED])
    notes = _notes(pool, people, reader)
    names = [str(person) for person in people]
    lines = [
        {
            **_line(pool, person),
            "team": _team_of(person) if names.count(str(person)) == 1 else person.email,
            "note": notes[person.pk],
            "is_me": person.pk == reader.pk,
        }
        for person in people
    ]
    called = _called(teams, words)[:MOST_TEAMS] if pool.has_teams and words else []
    return [*({**_line(pool, team), "is_team": True} for team in called), *lines][:MOST_SUGGESTED]


def _notes(pool: Pool, people: list[User], reader: User) -> dict[int, str]:
    """What the place tells of each, and who is away."""
    pks = [person.pk for person in people]
    told = pool.notes(pks, reader) if pool.notes and pks else {}
    away = Absence.objects.filter(person__in=pks).last_days(timezone.localdate()) if pks else {}
    notes = {}
    for person in people:
        absent = [f"away to {away[person.pk]:%-d %b}"] if person.pk in away else []
        gone = [] if person.is_active else ["left"]
        notes[person.pk] = " · ".join([*gone, *absent, *([told[person.pk]] if person.pk in told else [])])
    return notes


def _line(pool: Pool, chosen: User | Team) -> dict[str, Any]:
    look = {"initials": chosen.initials, "color": person_color(chosen)} if isinstance(chosen, User) else {}
    return {"value": pool.value_of(chosen), "name": str(chosen), **look}


def _team_of(person: User) -> str:
    return next((team.name for team in person.teams.all()), "")


def _teams_like(words: str) -> list[Team]:
    """Those that one of these words may mean."""
    parts = [word for word in WORD.findall(fold(words)) if len(word) > 1]
    like = Q()
    for word in parts:
        like |= Q(folded__contains=word)
    return list(Team.objects.alias(folded=Folded("name")).filter(like).only("name")) if parts else []


def _called(teams: list[Team], words: str) -> list[Team]:
    """Those whose names have, for each of these words, one that begins with it."""
    wanted = WORD.findall(fold(words))
    named = [(team, WORD.findall(fold(team.name))) for team in teams]
    return [team for team, parts in named if all(any(part.startswith(word) for part in parts) for word in wanted)]


def _ranked(pool: Pool, words: str, reader: User, teams: list[Team]) -> UserQuerySet:
    """Oneself, then who is named like that before whose team is, the near ones first."""
    is_oneself = words.casefold() in ONESELF
    found, order = (_oneself_and(pool.people, words, reader), []) if is_oneself else _found(pool.people, words, teams)
    if is_oneself:
        order.append(Case(When(pk=reader.pk, then=Value(0)), default=Value(1)))
    if near := pool.near():
        order.append(Case(*[When(who, then=Value(at)) for at, who in enumerate(near)], default=Value(len(near))))
    if len(words) > 1:
        order.append(Case(When(name__istartswith=words, then=Value(0)), default=Value(1)))
    of_teams = Prefetch("teams", Team.objects.only("name"))
    return found.order_by("-is_active", *order, "name", "pk").prefetch_related(of_teams)


def _oneself_and(people: UserQuerySet, words: str, reader: User) -> UserQuerySet:
    if not words:
        return people
    return people.filter(Q(pk=reader.pk) | Q(pk__in=_pks(words)))


def _found(people: UserQuerySet, words: str, teams: list[Team]) -> tuple[UserQuerySet, list[Any]]:
    """Whom these words find, each a name, initials, an address or a team; and what comes first among them."""
    if "@" in words:
        return people.filter(email__startswith=words.lower()), []
    if few := _few(teams, words):
        return people.filter(pk__in=_pks(words).union(_members([team.pk for team in few]))), [_by_name_first(words)]
    parts = {word: _few(teams, word) for word in WORD.findall(fold(words)) if len(word) > 1}
    if not any(parts.values()):
        return people.known_as(words), []
    for word in WORD.findall(fold(words)):
        few = parts.get(word, [])
        people = people.filter(pk__in=_pks(word).union(_members([team.pk for team in few])) if few else _pks(word))
    return people, [_by_name_first(words)]


def _few(teams: list[Team], words: str) -> list[Team]:
    called = _called(teams, words)
    return called if len(called) <= FEW_TEAMS else []


def _members(teams: Any) -> QuerySet[Any]:
    return Team.members.through.objects.filter(team__in=teams).values("user")  # type: ignore[no-any-return]


def _by_name_first(words: str) -> Case:
    return Case(When(pk__in=_pks(words), then=Value(0)), default=Value(1))


def _pks(words: str) -> QuerySet[Any]:
    return User.objects.known_as(words).order_by().values("pk")  # type: ignore[no-any-return]


# What was written in full, by hand or without a script.


def people_meant(people: UserQuerySet, words: str) -> list[User]:
    """Whom a name, the beginnings of one, initials or an address can mean: a few, and one where it is clear."""
    if address := ADDRESS.search(words):
        return list(people.filter(email__iexact=address[0])[:1])
    if len("".join(WORD.findall(words))) < FEWEST_LETTERS:
        return []
    is_it = Case(When(folded=fold(words.strip()), then=Value(0)), default=Value(1))
    known = people.known_as(words).alias(folded=Folded("name")).order_by(is_it, "name", "pk")
    found: list[User] = list(known.prefetch_related("teams")[: MOST_MEANT + 1])  # type: ignore[arg-type]
    return [person for person in found if fold(person.name) == fold(words.strip())] or found


def is_meant(person: User, words: str) -> bool:
    """Whether one of the words is a whole one of this person's: a beginning alone may be a slip, and somebody gets a mail."""
    if ADDRESS.search(words):
        return True
    name = WORD.findall(fold(person.name))
    initials = "".join(word[0] for word in fold(person.name).split())
    whole = {*name, initials, fold(person.initials), *WORD.findall(person.email.partition("@")[0])}
    return bool(whole.intersection(WORD.findall(fold(words))))


def people_like(people: UserQuerySet, words: str) -> list[User]:
    """Whose names look alike, for whoever mistyped one."""
    known = people.matching(beginnings(" ".join(word[:2] for word in WORD.findall(fold(words))), join=" | "))
    names: dict[str, list[User]] = {}
    for person in known.prefetch_related("teams")[:300]:
        names.setdefault(fold(person.name), []).append(person)
    alike = difflib.get_close_matches(fold(words), names, n=3, cutoff=0.7)
    return list(chain.from_iterable(names[name] for name in alike))[:3]
