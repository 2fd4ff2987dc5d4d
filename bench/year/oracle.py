"""The promise, said a second time and as plainly as can be: who is owed which mail, and of which actions."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from actions.models import Action, HoldCheck
from incidents.models import Participant
from people.models import Absence, User

BERLIN = ZoneInfo("Europe/Berlin")
AT_WORK = {"not_started", "in_progress", "blocked"}
Told = dict[int, set[int]]  # person -> numbers of actions


class Oracle:
    """Remembers what each owner was told, to know what is news on another day."""

    def __init__(self) -> None:
        self.asked: dict[int, datetime] = {}
        self.reminded: dict[int, date] = {}

    def week(self, today: date) -> Told:
        told: Told = defaultdict(set)
        beside: Told = defaultdict(set)
        house = _People(today)
        checks = set(HoldCheck.objects.filter(answered_at=None, due_on__lte=today).values_list("action_id", flat=True))
        for action in _actions():
            people, only_beside = self._of_week(action, today, house, has_check=action.pk in checks)
            for person in people:
                if house.sees(person, action):
                    told[person.pk].add(action.number)
            for person in only_beside - people:
                if house.sees(person, action):
                    beside[person.pk].add(action.number)
        for person_id, numbers in beside.items():
            if person_id in told:
                told[person_id] |= numbers
        return dict(told)

    def _of_week(
        self, action: Action, today: date, house: "_People", *, has_check: bool
    ) -> tuple[set[User], set[User]]:
        team = action.postmortem.incident.team
        guardian = house.guardians(team)
        owner = action.owner if action.owner and action.owner.is_active and house.sees(action.owner, action) else None
        here = owner if owner and owner.pk not in house.away else None
        lead, manager, crew = house.at_work(team.lead), house.at_work(team.engineering_manager), house.hearing(team)
        leading = house.at_work(action.postmortem.facilitator) or house.facilitators
        if action.status == "done":
            ended = (action.confirmed_at or action.finished_at).astimezone(BERLIN)  # type: ignore[union-attr]
            midnight = datetime.combine(_monday(today), time(), tzinfo=BERLIN)
            if has_check:
                return ({here} if here else guardian), set()
            if midnight - timedelta(days=7) <= ended < midnight:
                return ({here} if here else set()), lead | crew
            return set(), set()
        if action.status == "unconfirmed":
            doers = {action.owner, action.finished_by}
            return (lead - doers) or (manager - doers) or (leading - doers), set()
        if action.status not in AT_WORK:
            return set(), set()
        return self._of_work(action, today, owner, guardian, (lead, manager, crew, leading), house), set()

    def _of_work(
        self, action: Action, today: date, owner: User | None, guardian: set[User],
        others: tuple[set[User], set[User], set[User], set[User]], house: "_People",
    ) -> set[User]:  # fmt: skip
        lead, manager, crew, leading = others
        # Whoever is away is told nothing; who looks after the team hears it in their place.
        mine = house.at_work(owner) or set(guardian) if owner else set()
        days = (today - action.due_on).days  # type: ignore[operator]
        people = set() if owner else set(guardian)
        if action.accepted_at is None or action.due_on < _monday(today) + timedelta(days=7):  # type: ignore[operator]
            people |= mine
        for after, who in ((7, lead), (14, crew), (21, manager), (28, lead | manager), (35, leading)):
            people |= who if days >= after else set()
        asked_on = action.asked_at.astimezone(BERLIN).date() if action.asked_at else today
        if action.accepted_at is None and owner and (today - asked_on).days >= 3:
            people |= leading
        if action.waits_for_team:
            people |= house.guardians(action.waits_for_team)
        return people

    def day(self, today: date, *, is_told: bool) -> dict[str, Told]:
        """Reminders and requests of a working day. The weekly mail of that day said all but what is due later."""
        told: dict[str, Told] = {"reminder": defaultdict(set), "acceptance": defaultdict(set)}
        house, until = _People(today), today + timedelta(days=4 if today.weekday() == 4 else 2)
        for action in _actions():
            owner = action.owner
            if (
                action.status not in AT_WORK
                or owner is None
                or not house.at_work(owner)
                or not house.sees(owner, action)
            ):
                continue
            is_near = today <= action.due_on <= until  # type: ignore[operator]
            if is_near and self.reminded.get(action.pk) != action.due_on:
                self.reminded[action.pk] = action.due_on  # type: ignore[assignment]
                if not is_told or action.due_on >= _monday(today) + timedelta(days=7):  # type: ignore[operator]
                    told["reminder"][owner.pk].add(action.number)
            if action.accepted_at is None and self.asked.get(action.pk) != action.asked_at:
                self.asked[action.pk] = action.asked_at  # type: ignore[assignment]
                if not is_told:
                    told["acceptance"][owner.pk].add(action.number)
        return told

    def was_written_to(self, action: Action) -> None:
        """Whoever a declined action went back to was written to there and then."""
        self.asked[action.pk] = action.asked_at  # type: ignore[assignment]


class _People:
    def __init__(self, today: date) -> None:
        everyone = list(User.objects.filter(is_active=True))
        away = Absence.objects.filter(first_on__lte=today, last_on__gte=today)
        self.away = set(away.values_list("person_id", flat=True))
        leaders = {person for person in everyone if person.role in ("facilitator", "administrator")}
        self.facilitators = {person for person in leaders if person.pk not in self.away} or leaders
        self.part = set(Participant.objects.values_list("incident_id", "user_id"))
        self.crews: dict[int, set[User]] = {}

    def at_work(self, person: User | None) -> set[User]:
        return {person} if person and person.is_active and person.pk not in self.away else set()

    def crew(self, team: object) -> set[User]:
        pk = team.pk  # type: ignore[attr-defined]
        if pk not in self.crews:
            self.crews[pk] = set(team.members.filter(is_active=True))  # type: ignore[attr-defined]
        return self.crews[pk]

    def hearing(self, team: object) -> set[User]:
        return {person for person in self.crew(team) if person.pk not in self.away}

    def guardians(self, team: object) -> set[User]:
        lead, manager = team.lead, team.engineering_manager  # type: ignore[attr-defined]
        return self.at_work(lead) or self.at_work(manager) or self.facilitators

    def sees(self, person: User, action: Action) -> bool:
        incident = action.postmortem.incident
        team = incident.team
        insiders = {team.lead_id, team.engineering_manager_id}
        return (
            not incident.is_restricted
            or person.role == "administrator"
            or person.pk in insiders
            or (incident.pk, person.pk) in self.part
            or person in self.crew(team)
        )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _actions() -> list[Action]:
    related = ["owner", "finished_by", "waits_for_team__lead", "waits_for_team__engineering_manager",
               "postmortem__facilitator", "postmortem__incident__team__lead",
               "postmortem__incident__team__engineering_manager"]  # fmt: skip
    return list(Action.objects.select_related(*related))
