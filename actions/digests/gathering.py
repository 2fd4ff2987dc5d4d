"""Who hears of which action in a week, and as what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import IntEnum

from django.db.models import Q

from actions.digests.lines import Line, lines_of
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
    CONFIRM = 6
    CHECK = 7
    WAITS_FOR_YOU = 8
    COPY = 9
    TEAM = 10
    STUCK = 11
    NOT_ACCEPTED = 12
    DUE = 13
    UNDATED = 14
    FINISHED = 15
    TEAM_FINISHED = 16


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
    staff, rules = Staff.load(), Rules(Ladder.load(), ActionPolicy.load(), as_of)
    sight = Sight(lines_of(as_of, Q(postmortem__incident__is_restricted=True)), staff)
    digests: dict[int, Digest] = defaultdict(lambda: defaultdict(Pile))
    for line in lines_of(as_of, Q()):
        if line.owner_id in staff.active and not sight.sees(line.owner_id, line):
            line = replace(line, owner_problem=f"{line.owner} can no longer see it")
        for person, group in destinations(line, staff, rules).items():
            if sight.sees(person, line) and person not in staff.unwanted.get(TOPICS.get(group, ""), ()):
                digests[person][group].add(line)
    # What others finished is told beside other things, never on its own.
    return {person: digest for person, digest in digests.items() if set(digest) != {Group.TEAM_FINISHED}}


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
        tell(Group.CHECK, [owner] if owner else staff.guardians(line.team_id))
    elif line.is_unconfirmed:
        tell(Group.CONFIRM, staff.confirmers(line))
    elif line.is_finished:
        crew = staff.crews[line.team_id]
        tell(Group.FINISHED, [owner])
        tell(Group.TEAM_FINISHED, [crew.lead, *crew.members])
    else:
        _tell_of_work(tell, line, owner, staff, rules)
    return tell.groups


def _tell_of_work(tell: Told, line: Line, owner: int | None, staff: Staff, rules: Rules) -> None:
    crew, ladder, days = staff.crews[line.team_id], rules.ladder, line.days_overdue
    if ladder.has_reached(Rung.DECISION, days):
        tell(Group.DECISION, [owner, crew.lead, crew.manager])
    if group := _owners_group(line, rules.as_of):
        tell(group, [owner])
    if ladder.has_reached(Rung.MANAGER, days):
        tell(Group.ESCALATED, [crew.manager])
    if owner is None:
        tell(Group.NEEDS_OWNER, staff.guardians(line.team_id))
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
