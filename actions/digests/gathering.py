"""Who hears of which action in a week, and as what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import IntEnum

from django.db.models import Q

from actions.digests.lines import Line, away_words, lines_of
from actions.digests.staff import Sight, Staff
from actions.escalation import Ladder, Rung
from actions.models import ActionPolicy
from core.dates import DAYS_A_WEEK, monday_of

LINES_A_GROUP = 10


class Group(IntEnum):
    """Why an action stands in somebody's mail, in the order of reading; each stands there once."""

    DECISION = 1
    OVERDUE = 2
    ACCEPT = 3
    ESCALATED = 4
    NEEDS_OWNER = 5
    AWAY = 6
    CONFIRM = 7
    CHECK = 8
    WAITS_FOR_YOU = 9
    COPY = 10
    TEAM = 11
    STUCK = 12
    NOT_ACCEPTED = 13
    DUE = 14
    UNDATED = 15
    FINISHED = 16
    TEAM_FINISHED = 17


# What people may do without; everything else is theirs to answer.
TOPICS = {Group.TEAM: "team", Group.TEAM_FINISHED: "team", Group.FINISHED: "finished"}


@dataclass
class Pile:
    """The lines of one group: the first ones whole, the rest as a number."""

    lines: list[Line] = field(default_factory=list)
    count: int = 0

    def add(self, line: Line) -> None:
        self.count += 1
        if len(self.lines) < LINES_A_GROUP:
            self.lines.append(line)

    @property
    def rest(self) -> int:
        return self.count - len(self.lines)


Digest = dict[Group, Pile]


@dataclass(frozen=True)
class Rules:
    """What facilitators decided, read once a run."""

    ladder: Ladder
    policy: ActionPolicy
    as_of: date


def gather(as_of: date) -> dict[int, Digest]:
    """What each person is to hear on that day. Only the lines that a mail shows are kept, however many there are."""
    staff = Staff.load(as_of)
    digests: dict[int, Digest] = defaultdict(lambda: defaultdict(Pile))
    for line, told in told_of(as_of, Q(), staff):
        for person, group in told.items():
            if person not in staff.unwanted.get(TOPICS.get(group, ""), ()):
                digests[person][group].add(line)
    # What others finished is told beside other things, never on its own.
    return {person: digest for person, digest in digests.items() if set(digest) != {Group.TEAM_FINISHED}}


def told_of(
    as_of: date, which: Q, staff: Staff, *, hearer: int | None = None
) -> Iterator[tuple[Line, dict[int, Group]]]:
    """Of these actions each that somebody is told of on that day, with who hears of it, as what; only of what they see.

    With a `hearer`, what others hear of restricted actions is left out.
    """
    rules = Rules(Ladder.load(), ActionPolicy.load(), as_of)
    sight = Sight(lines_of(as_of, which & Q(postmortem__incident__is_restricted=True)), staff, hearer)
    for line in lines_of(as_of, which):
        if line.owner_id in staff.active and not sight.sees(line.owner_id, line):
            line = replace(line, owner_problem=f"{line.owner} can no longer see it")
        line = _with_absences(line, staff)
        told = destinations(line, staff, rules)
        yield line, {person: group for person, group in told.items() if sight.sees(person, line)}


def _with_absences(line: Line, staff: Staff) -> Line:
    if until := staff.away_until(line.owner_id):
        line = replace(line, away_until=until)
    if until := staff.away_until(line.waits_for_id):
        line = replace(line, waits_for=f"{line.waits_for}, {away_words(until)}")
    return line


class Told:
    """Who is told of one action, each as the first thing that is said to them of it."""

    def __init__(self) -> None:
        self.groups: dict[int, Group] = {}

    def __call__(self, group: Group, people: Iterable[int | None]) -> None:
        for person in people:
            if person is not None:
                self.groups.setdefault(person, group)


def destinations(line: Line, staff: Staff, rules: Rules) -> dict[int, Group]:
    """Who hears of one action, and as what: the ladder, laid over the people."""
    tell = Told()
    owner = None if line.owner_problem else line.owner_id
    if line.check_after_days:
        tell(Group.CHECK, [owner] if staff.is_here(owner) else staff.guardians(line.team_id))
    elif line.is_unconfirmed:
        tell(Group.CONFIRM, staff.confirmers(line))
    elif line.is_finished:
        crew = staff.crews[line.team_id]
        tell(Group.FINISHED, [owner if staff.is_here(owner) else None])
        tell(Group.TEAM_FINISHED, [crew.lead, *crew.members])
    else:
        _tell_of_work(tell, line, owner, staff, rules)
    return tell.groups


def _tell_of_work(tell: Told, line: Line, owner: int | None, staff: Staff, rules: Rules) -> None:
    crew, ladder, days = staff.crews[line.team_id], rules.ladder, line.days_overdue
    here, group = owner if staff.is_here(owner) else None, _owners_group(line, rules.as_of)
    if ladder.has_reached(Rung.DECISION, days):
        tell(Group.DECISION, [here, crew.lead, crew.manager])
    if group:
        tell(group, [here])
    if ladder.has_reached(Rung.MANAGER, days):
        tell(Group.ESCALATED, [crew.manager])
    if owner is None:
        tell(Group.NEEDS_OWNER, staff.guardians(line.team_id))
    elif group and here is None:
        tell(Group.AWAY, staff.guardians(line.team_id))
    tell(Group.WAITS_FOR_YOU, staff.waited_for(line))
    if ladder.has_reached(Rung.LEAD, days):
        tell(Group.COPY, [crew.lead])
    if ladder.is_stuck(days):
        tell(Group.STUCK, staff.leading(line))
    if owner and not line.is_accepted and line.days_asked >= rules.policy.accept_within_days:
        tell(Group.NOT_ACCEPTED, staff.leading(line))
    if ladder.has_reached(Rung.TEAM, days):
        tell(Group.TEAM, crew.members)


def _owners_group(line: Line, as_of: date) -> Group | None:
    if line.days_overdue:
        return Group.OVERDUE
    if not line.is_accepted:
        return Group.ACCEPT
    if line.due_on is None:
        return Group.UNDATED
    return Group.DUE if line.due_on < monday_of(as_of) + timedelta(days=DAYS_A_WEEK) else None
