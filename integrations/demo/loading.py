"""Harbour, a company that does not exist: believable people, incidents and post-mortems for a first look.

What stands in the YAML beside this file goes through the same commands that people's clicks go through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from actions.commands import (
    add_action,
    add_link,
    block_action,
    confirm_action,
    drop_action,
    finish_action,
    note_progress,
    start_action,
)
from actions.escalation import install_ladder
from incidents.commands import add_instant, decide_review, note, report_incident
from incidents.defaults import install_review_triggers, install_severity_policies
from incidents.models import Incident, Participant, Service
from incidents.relating import relate_incidents
from integrations.demo.files import take_files
from integrations.demo.plans import PlanLoader
from integrations.demo.reviews import discuss, review, set_questions_aside
from integrations.demo.story_clock import Course, as_if
from live.commands import replace_text, version_of
from people.absences import note_absence
from people.models import Organisation, Team, User
from postmortems.commands import (
    add_event,
    add_observation,
    close_postmortem,
    name_revision,
    open_postmortem,
    plan_meeting,
    publish_postmortem,
    share_draft,
    submit_postmortem,
)
from postmortems.defaults import install_templates
from postmortems.models import Postmortem, Template

FOLDER = Path(__file__).parent
DOMAIN = "harbour.example"
PASSWORD = "ferry-at-first-light"  # noqa: S105 - documented, and refused in production
SHOWN = ["admin", "facilitator", "member", "viewer"]
REPORTED_AFTER = timedelta(minutes=5)
MOVES_UNTIL = {"draft": 0, "in_review": 2, "published": 3, "closed": 4}
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


@dataclass(frozen=True)
class Account:
    email: str
    password: str
    role: str


def accounts() -> list[Account]:
    """The accounts to look around with, one of each role."""
    people = _read("organisation.yaml")["people"]
    return [Account(f"{key}@{DOMAIN}", PASSWORD, people[key]["role"]) for key in SHOWN]


def is_loaded() -> bool:
    return User.objects.filter(email=f"{SHOWN[0]}@{DOMAIN}").exists()


def is_empty() -> bool:
    return not (User.objects.exists() or Incident.objects.exists())


@transaction.atomic
def load_demo() -> None:
    """All of it, or nothing. Dates are reckoned from today, so that some actions are overdue whenever it is loaded."""
    install_severity_policies()
    install_review_triggers()
    install_templates()
    install_ladder()
    Loader(_read("organisation.yaml"), timezone.now()).load()


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return content


class Loader:
    def __init__(self, organisation: Mapping[str, Any], now: datetime) -> None:
        self.organisation = organisation
        self.zone = ZoneInfo(organisation["time_zone"])
        self.password = make_password(PASSWORD)  # slow on purpose, so once for all of them
        self.now = now
        self.today = now.astimezone(self.zone).date()

    def load(self) -> None:
        house = Organisation.load()
        house.name, house.time_zone = self.organisation["name"], self.organisation["time_zone"]
        house.save()
        self.people = {key: self._person(key, **facts) for key, facts in self.organisation["people"].items()}
        self.teams = {name: self._team(name, **facts) for name, facts in self.organisation["teams"].items()}
        for path in sorted((FOLDER / "incidents").glob("*.yaml")):
            self._incident(_read(f"incidents/{path.name}"))
        # Only now: they took part in what lies behind them.
        left = [f"{key}@{DOMAIN}" for key, facts in self.organisation["people"].items() if facts.get("has_left")]
        User.objects.filter(email__in=left).update(is_active=False)
        for key, facts in self.organisation["people"].items():
            if days := facts.get("away_days"):
                first_on, last_on = (self.today + timedelta(days=count) for count in days)
                note_absence(self.people[key], first_on=first_on, last_on=last_on, by=self.people[key])

    def _person(self, key: str, *, name: str, role: str, time_zone: str = "", **later: Any) -> User:
        return User.objects.create(
            email=f"{key}@{DOMAIN}", password=self.password, name=name, role=role, time_zone=time_zone
        )

    def _team(
        self, name: str, *, lead: str, engineering_manager: str, members: list[str], services: dict[str, dict[str, Any]]
    ) -> Team:
        team = Team.objects.create(
            name=name, lead=self.people[lead], engineering_manager=self.people[engineering_manager]
        )
        team.members.set([self.people[member] for member in members])
        Service.objects.bulk_create(Service(name=name, team=team, **facts) for name, facts in services.items())
        return team

    def _incident(self, story: dict[str, Any]) -> None:
        told, by = story.pop("postmortem", None), self.people[story.pop("reported_by")]
        decision, related = story.pop("decision", None), story.pop("related", {})
        roles = {self.people[key]: role for key, role in story.pop("participants").items()}
        days_ago = self._days_ago(story.pop("days_ago"), story.pop("weekday", None))
        notes, own_times = story.pop("notes", []), story.pop("own_times", {})
        times: dict[str, Any] = {name: self._instant(words, days_ago) for name, words in story.pop("times").items()}
        noticed = times.get("detected_at") or times["started_at"]
        with as_if(min(noticed + REPORTED_AFTER, self.now)):
            incident = report_incident(
                by=by,
                team=self.teams[story.pop("team")],
                services=Service.objects.filter(name__in=story.pop("services")),
                participants=roles,
                **story,
                **times,
            )
        for person, role in roles.items():
            Participant.objects.filter(incident=incident, user=person).update(role=role)
        ended = incident.resolved_at or self.now
        for told_then in notes:
            at = self._instant(told_then["at"], days_ago).astimezone(self.zone)
            with as_if(min(at + timedelta(seconds=40), self.now)):
                line = f"{at:%H:%M} {told_then['text']}"
                note(incident, by=self.people[told_then["by"]], line=line, zone=self.zone)
        with as_if(min(ended + timedelta(hours=3), self.now)):
            for name, words in own_times.items():
                add_instant(incident, by=by, name=name, at=self._instant(words, days_ago))
            if decision:
                decide_review(incident, by=self.people[decision.pop("by")], **decision)
            for title, why in related.items():
                relate_incidents(incident, Incident.objects.get(title=title), why=why, by=by)
        if told:
            self._postmortem(incident, by, days_ago, told, ended)

    def _days_ago(self, least: int, weekday: str | None) -> int:
        """Day 0 falls on the last such weekday: nobody plans, meets or publishes on a Sunday, whenever it is loaded."""
        if weekday is None:
            return least
        latest = self.today - timedelta(days=least)
        return least + (latest.weekday() - WEEKDAYS.index(weekday)) % 7

    def _instant(self, words: str | int, days_ago: int) -> datetime:
        """`14:05` on the incident's day, `+1 14:05` on the next, or minutes from now."""
        if isinstance(words, int):
            return self.now + timedelta(minutes=words)
        days, _, clock = words.rpartition(" ")
        day = self.today - timedelta(days=days_ago) + timedelta(days=int(days or 0))
        return datetime.combine(day, time.fromisoformat(clock), tzinfo=self.zone)

    def _postmortem(self, incident: Incident, by: User, days_ago: int, told: dict[str, Any], ended: datetime) -> None:
        """Written on the next day, talked over at the meeting, reviewed and published, closed with its last action."""
        leads, meeting_at = self.people[told["facilitator"]], self._instant(told["meeting"]["at"], days_ago)
        wanted = {"facilitator": leads, "meeting_at": meeting_at, "meeting_place": told["meeting"]["place"]}
        with as_if(min(ended + timedelta(hours=2), self.now)):
            postmortem = open_postmortem(incident, template=Template.objects.get(name=told["template"]), by=by)
            postmortem = plan_meeting(postmortem, by=by, seen={}, wanted=wanted)
        plan = PlanLoader(postmortem, self.people, by=by, today=self.today)
        drafted_at = min(meeting_at - timedelta(hours=26), self.now)
        with as_if(drafted_at):
            self._write(postmortem, by, days_ago, told)
            plan.note_causes(told.get("causes", {}))
        course = Course(self.now)
        course.add(meeting_at - timedelta(hours=25), partial(name_revision, postmortem, "First draft", by=by))
        # Ahead of a meeting that is still to come, people have begun to weigh.
        weighed_at = meeting_at + timedelta(minutes=45)
        weighed_at = weighed_at if weighed_at <= self.now else drafted_at
        course.add(weighed_at, partial(plan.weigh, told.get("candidates", ())))
        for action in told["actions"]:
            self._action(course, meeting_at + timedelta(minutes=50), postmortem, by, **plan.with_cause(action))
        published_at = self._instant(told["published"], days_ago) if "published" in told else self.now
        ended_at = max(published_at, *(instant for instant, _ in course.steps)) + timedelta(hours=1)
        moves = [
            (meeting_at - timedelta(hours=24, minutes=30), share_draft, by),
            (meeting_at + timedelta(hours=3), self._submission(told), leads),
            (published_at, publish_postmortem, leads),
            (ended_at, close_postmortem, leads),
        ]
        for moment, move, person in moves[: MOVES_UNTIL[told["status"]]]:
            course.add(moment, partial(move, postmortem, by=person))
        if meeting_at < self.now:
            course.add(meeting_at + timedelta(minutes=30), partial(set_questions_aside, postmortem, by=leads))
            self._reviews(course, postmortem, meeting_at + timedelta(hours=3), told)
        course.run()

    def _submission(self, told: dict[str, Any]) -> Callable[..., Postmortem]:
        return partial(submit_postmortem, added=[self.people[one["by"]] for one in told.get("reviews", ())])

    def _reviews(self, course: Course, postmortem: Postmortem, asked_at: datetime, told: dict[str, Any]) -> None:
        for index, thread in enumerate(told.get("comments", ())):
            at = asked_at + timedelta(minutes=20 + 10 * index)
            course.add(at, partial(discuss, postmortem, self.people, at, **thread))
        for index, answer in enumerate(told.get("reviews", ())):
            at = asked_at + timedelta(hours=1, minutes=25 * index)
            course.add(at, partial(review, postmortem, self.people, **answer))

    def _write(self, postmortem: Postmortem, by: User, days_ago: int, told: dict[str, Any]) -> None:
        writers = [self.people[key] for key in told.get("written_by", ())] or [by]
        for (key, text), writer in zip(told["sections"].items(), cycle(writers), strict=False):
            version = version_of(postmortem.room)
            replace_text(postmortem.room, key, text.strip(), base_version=version, by=writer)
        for event in told["timeline"]:
            occurred_at = self._instant(event.pop("at"), days_ago)
            add_event(postmortem, by=by, occurred_at=occurred_at, **event)
        if files := told.get("files"):
            instant = partial(self._instant, days_ago=days_ago)
            take_files(postmortem, self.people, instant, zone=str(self.zone), **files)
        for observation in told.get("observations", ()):
            self._observation(postmortem, by, days_ago, **observation)

    def _observation(
        self, postmortem: Postmortem, by: User, days_ago: int, *, kind: str, text: str, about: str = ""
    ) -> None:
        """`about` is the time of the event that it is about."""
        at = self._instant(about, days_ago) if about else None
        event = postmortem.timeline_events.filter(occurred_at=at).first() if at else None
        add_observation(postmortem, by=by, kind=kind, text=text, event=event)

    def _action(
        self,
        course: Course,
        agreed_at: datetime,
        postmortem: Postmortem,
        by: User,
        *,
        owner: str,
        due_in_days: int,
        state: str = "",
        evidence: str = "",
        confirmed_by: str = "",
        drop_reason: str = "",
        asked_days_ago: int = 0,
        progress: dict[str, Any] | None = None,
        blocked: dict[str, str] | None = None,
        links: Sequence[str] = (),
        **facts: Any,
    ) -> None:
        person = self.people[owner]
        due_on = self.today + timedelta(days=due_in_days)
        agreed_at = min(agreed_at, self.now)
        if asked_days_ago:
            agreed_at = max(agreed_at, self.now - timedelta(days=asked_days_ago))
        with as_if(agreed_at):
            action = add_action(postmortem, by=by, owner=person, due_on=due_on, is_accepted=not asked_days_ago, **facts)
        for url in links:
            course.add(agreed_at + timedelta(days=1), partial(add_link, action, by=person, url=url))
        due_at = max(datetime.combine(due_on, time(10), tzinfo=self.zone), agreed_at)
        if state == "in_progress":
            course.add(agreed_at + timedelta(days=2), partial(start_action, action, by=person))
        if progress:
            course.add(agreed_at + timedelta(days=4), partial(note_progress, action, by=person, **progress))
        if blocked:
            waits_for = self.teams[blocked["team"]]
            course.add(
                agreed_at + timedelta(days=5),
                partial(block_action, action, by=person, reason=blocked["reason"], waits_for=waits_for),
            )
        if evidence:
            course.add(due_at - timedelta(days=1), partial(finish_action, action, by=person, evidence=evidence))
        if confirmed_by:
            course.add(due_at, partial(confirm_action, action, by=self.people[confirmed_by]))
        if drop_reason:
            course.add(due_at, partial(drop_action, action, by=person, reason=drop_reason))
