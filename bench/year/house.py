"""People, teams, post-mortems, and what they do with their actions from day to day: by the same commands as clicks."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from actions import commands
from actions.models import Action, HoldCheck
from core.errors import DomainError
from incidents.models import Incident, Participant
from live.commands import create_room
from people.commands import edit_person
from people.models import Absence, Organisation, Team, User
from postmortems.models import Postmortem, Template

ZONES = ["", "", "", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]
PROOF = "https://code.example/pull/7"


@dataclass(frozen=True)
class Size:
    people: int
    postmortems: int
    actions: int
    weeks: int


class House:
    def __init__(self, size: Size, dice: Random, first: date) -> None:
        self.size, self.dice, self.first = size, dice, first
        organisation = Organisation.load()
        organisation.time_zone, organisation.weekly_mail_hour = "Europe/Berlin", 8
        organisation.save()
        self.administrator = self._person("admin", User.Role.ADMINISTRATOR)
        self.facilitators = [self._person(f"facilitator{n}", User.Role.FACILITATOR) for n in range(2)]
        self.people = [self._person(f"p{n}", User.Role.MEMBER) for n in range(size.people)]
        self.teams = [self._team(n) for n in range(max(size.people // 10, 1))]
        template = Template.objects.create(name="Simulated")
        self.postmortems = [self._postmortem(n, template) for n in range(size.postmortems)]
        days = size.weeks * 7 * 2 // 3
        self.births = sorted(dice.randrange(days) for _ in range(size.actions))
        self.leavers = dice.sample(self.people[2:], k=max(size.people // 20, 1))
        for person in [*self.facilitators, *self.people]:
            self._go_away(person)

    def _person(self, name: str, role: str) -> User:
        person: User = User.objects.create(
            email=f"{name}@year.invalid", name=name.title(), role=role, time_zone=self.dice.choice(ZONES)
        )
        return person

    def _go_away(self, person: User) -> None:
        """Twice a year, for a day or for three weeks, as it comes."""
        for _ in range(2):
            first_on = self.first + timedelta(days=self.dice.randrange(self.size.weeks * 7))
            last_on = first_on + timedelta(days=self.dice.choice([0, 4, 11, 20]))
            Absence.objects.create(person=person, first_on=first_on, last_on=last_on, noted_by=person)

    def _team(self, n: int) -> Team:
        crew = self.people[n * 10 : n * 10 + 10]
        team = Team.objects.create(name=f"Team {n}", lead=crew[0], engineering_manager=crew[1])
        team.members.set(crew[1:])
        return team

    def _postmortem(self, n: int, template: Template) -> Postmortem:
        team = self.dice.choice(self.teams)
        incident = Incident.objects.create(
            number=n + 1, title=f"Incident {n}", severity=self.dice.choice([1, 2, 2, 3]), team=team,
            reported_by=self.people[0], is_restricted=self.dice.random() < 0.2,
        )  # fmt: skip
        Participant.objects.create(incident=incident, user=self.dice.choice(self.people))
        return Postmortem.objects.create(
            incident=incident, template=template, room=create_room("postmortems", {}), opened_by=self.administrator,
            facilitator=self.dice.choice([None, *self.facilitators]),
        )  # fmt: skip

    def live(self, day: date) -> None:
        """What happens on one day, after the mails of the day have left."""
        age = (day - self.first).days
        for _ in range(self.births.count(age)):
            self._take_on(day)
        if self.leavers and age and age % max(self.size.weeks * 7 // (len(self.leavers) + 2), 1) == 0:
            edit_person(self.leavers.pop(), by=self.administrator, is_active=False)
        for action in Action.objects.open().select_related("owner", "postmortem__incident__team__lead"):
            if self.dice.random() < 0.06:
                self._touch(action, day)
        for check in HoldCheck.objects.waiting(day).select_related("action__owner", "action__postmortem"):
            if self.dice.random() < 0.1:
                commands.say_it_holds(check, by=self.administrator, note="It fired in a test.")

    def _take_on(self, day: date) -> None:
        postmortem = self.dice.choice(self.postmortems)
        team = postmortem.incident.team
        owner = self.dice.choice([*team.members.filter(is_active=True)] or [self.administrator])
        due_on = day + timedelta(days=self.dice.randrange(3, 60))
        lead = team.lead if team.lead and team.lead.is_active else self.administrator
        by = self.dice.choice([owner, self.administrator, lead])
        commands.add_action(postmortem, by=by, title="Alert on the depth of the queue", owner=owner, due_on=due_on)

    def _touch(self, action: Action, day: date) -> None:
        """One thing that its owner, or the administrator in their place, does; what is refused is left."""
        owner = action.owner if action.owner and action.owner.is_active else self.administrator
        later = day + timedelta(days=self.dice.randrange(5, 40))
        team = self.dice.choice(self.teams)
        steps = [
            lambda: commands.accept_action(action, by=owner),
            lambda: commands.accept_action(action, by=owner),
            lambda: commands.start_action(action, by=owner),
            lambda: commands.finish_action(action, by=owner, evidence=PROOF),
            lambda: commands.finish_action(action, by=self.administrator, evidence=PROOF),
            lambda: commands.confirm_action(action, by=self.facilitators[0]),
            lambda: commands.reopen_action(action, by=self.administrator, reason="It does not prove it."),
            lambda: commands.block_action(action, by=owner, reason="No access.", waits_for=team),
            lambda: commands.reschedule_action(action, by=owner, due_on=later, reason="Parts are late."),
            lambda: commands.decide_action(
                action, by=owner, choice="finish_by", due_on=later, reason="After the fair."
            ),
            lambda: commands.decline_action(action, by=owner, reason="No time."),
            lambda: commands.drop_action(action, by=owner, reason="The service is going away."),
            lambda: commands.reassign_action(action, by=owner, owner=self._another(action), reason="Leave."),
        ]
        try:
            self.dice.choice(steps)()
        except DomainError:
            return

    def _another(self, action: Action) -> User:
        crew = list(action.postmortem.incident.team.members.filter(is_active=True))
        return self.dice.choice([person for person in crew if person != action.owner] or [self.administrator])
