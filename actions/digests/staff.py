"""Everyone at work, their part in teams, what they do not want to read, and what of the restricted they may see."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from actions.digests.lines import Line
from actions.models import Action
from people.models import Absence, Team, UnwantedMail, User


@dataclass(frozen=True)
class Crew:
    """Who may be written to about a team's actions; people who left, or are away, are not in it."""

    lead: int | None
    manager: int | None
    members: frozenset[int]


@dataclass(frozen=True)
class Staff:
    """Everyone at work, by the number of the account. A few integers a person, whatever the size of the house.

    `away` are those of them who are not there, with the last day of it: others hear in their place.
    """

    active: frozenset[int]
    away: Mapping[int, date]
    crews: dict[int, Crew]
    facilitators: frozenset[int]
    unwanted: Mapping[str, frozenset[int]]

    @classmethod
    def load(cls, on: date) -> "Staff":
        people = list(User.objects.active().order_by().values_list("pk", "role"))
        active = frozenset(pk for pk, _ in people)
        away = {pk: last_on for pk, last_on in Absence.objects.last_days(on).items() if pk in active}
        present = active - away.keys()
        members: dict[int, set[int]] = defaultdict(set)
        for team, person in Team.members.through.objects.values_list("team_id", "user_id"):
            members[team].add(person)
        crews = {
            pk: Crew(_if_in(lead, present), _if_in(manager, present), frozenset(members[pk] & present))
            for pk, lead, manager in Team.objects.order_by().values_list("pk", "lead_id", "engineering_manager_id")
        }
        facilitators = frozenset(pk for pk, role in people if role in (User.Role.FACILITATOR, User.Role.ADMINISTRATOR))
        # With all of them away, they hear it there: somebody has to.
        return cls(active, away, crews, facilitators - away.keys() or facilitators, UnwantedMail.objects.by_topic())

    def away_until(self, person: int | None) -> date | None:
        return None if person is None else self.away.get(person)

    def is_here(self, person: int | None) -> bool:
        return person in self.active and person not in self.away

    def guardians(self, team: int) -> set[int]:
        """Who looks after an action that nobody owns: the lead, else the manager, else the facilitators."""
        crew = self.crews[team]
        nearest = crew.lead or crew.manager
        return {nearest} if nearest else set(self.facilitators)

    def leading(self, line: Line) -> set[int]:
        """Who looks after the way of an action: the facilitator of its post-mortem, else all of them."""
        return {line.facilitator_id} if self.is_here(line.facilitator_id) else set(self.facilitators)  # type: ignore[arg-type]

    def waited_for(self, line: Line) -> set[int]:
        """Whom a blocked action waits for; for somebody who has left or is away, whoever looks after its own team."""
        if not line.is_at_work:
            return set()
        if line.waits_for_team_id:
            return self.guardians(line.waits_for_team_id)
        if line.waits_for_id is None:
            return set()
        return {line.waits_for_id} if self.is_here(line.waits_for_id) else self.guardians(line.team_id)

    def confirmers(self, line: Line) -> set[int]:
        """The nearest person beside those who did it: lead, manager, else whoever leads the post-mortem."""
        crew, doers = self.crews[line.team_id], {line.owner_id, line.finished_by_id}
        nearest = next((person for person in (crew.lead, crew.manager) if person and person not in doers), None)
        return {nearest} if nearest else self.leading(line) - doers

    def concerned(self, line: Line) -> set[int]:
        """Everyone at work who could be told of it on any rung, by their part in it."""
        crew = self.crews[line.team_id]
        people = {line.owner_id, crew.lead, crew.manager, *crew.members, *self.guardians(line.team_id)}
        people |= self.leading(line) | self.waited_for(line) | self.confirmers(line)
        return {person for person in people if person in self.active}


def _if_in(person: int | None, people: frozenset[int]) -> int | None:
    return person if person in people else None


class Sight:
    """Who may see the restricted ones among these actions, asked of the one door: `visible_to`.

    What is not restricted is open to everyone at work, so only people with a part in a restricted action cost a query.
    """

    def __init__(self, lines: Iterator[Line], staff: Staff, hearer: int | None = None) -> None:
        """With a `hearer`, only of that person and of the owners."""
        concerning: dict[int, set[int]] = defaultdict(set)
        for line in lines:
            for person in staff.active & {hearer, line.owner_id} if hearer else staff.concerned(line):
                concerning[person].add(line.pk)
        people = User.objects.filter(pk__in=concerning)
        self.seen: dict[int, set[int]] = {
            person.pk: set(
                Action.objects.visible_to(person)
                .filter(pk__in=concerning[person.pk])
                .order_by()
                .values_list("pk", flat=True)
            )
            for person in people
        }

    def sees(self, person: int, line: Line) -> bool:
        return not line.is_restricted or line.pk in self.seen.get(person, ())
