"""An organisation with one of everything, twice: once open, once restricted. And every address of the site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from actions.models import (
    Action,
    ActionCandidate,
    ActionLink,
    ActionPolicy,
    DailyRun,
    EscalationStep,
    HoldCheck,
    SavedFilter,
    WeeklyRun,
)
from incidents.models import (
    Incident,
    IncidentNote,
    OwnInstant,
    Relation,
    ReviewDecision,
    ReviewTrigger,
    Service,
    SeverityPolicy,
)
from integrations.models import ImportDraft, TimelineDraft
from people.models import Absence, Organisation, OutboxMail, RecordEntry, Team, User
from people.record import put_on_record
from postmortems.commands import open_thread
from postmortems.history.keeping import Reason, keep_revision
from postmortems.models import (
    Attachment,
    Cause,
    Comment,
    Export,
    Observation,
    Postmortem,
    Reviewer,
    Revision,
    Section,
    Template,
    Thread,
    TimelineEvent,
)
from tests.factories import (
    STARTED_AT,
    ActionFactory,
    AttachmentFactory,
    IncidentFactory,
    OrganisationFactory,
    ParticipantFactory,
    PostmortemFactory,
    ServiceFactory,
    TeamFactory,
    TemplateFactory,
    TemplateSectionFactory,
    TimelineEventFactory,
    UserFactory,
)

OPEN, RESTRICTED, UNKNOWN = "open", "restricted", "unknown"
NUMBERS = {OPEN: 101, RESTRICTED: 102, UNKNOWN: 999}
ACTION_NUMBERS = {OPEN: 201, RESTRICTED: 202, UNKNOWN: 999}
NOBODY_HAS = 999_999
CHECK_AFTER_DAYS = 30

PEOPLE = [
    "anonymous", "suspended", "outsider", "viewer", "facilitator", "member", "team_viewer", "lead", "participant",
    "administrator",
]  # fmt: skip
SIGNED_OUT = {"anonymous", "suspended"}
VIEWERS = {"viewer", "team_viewer"}
INSIDERS = {"member", "team_viewer", "lead", "participant", "administrator"}
STAFF = {"facilitator", "administrator"}
PUBLISHERS = {"facilitator", "lead", "administrator"}


@dataclass
class Dossier:
    """One incident and all that hangs on it."""

    incident: Incident
    postmortem: Postmortem
    section: Section
    thread: Thread
    comment: Comment
    event: TimelineEvent
    observation: Observation
    action: Action
    link: ActionLink
    instant: OwnInstant
    cause: Cause
    candidate: ActionCandidate
    export: Export
    attachment: Attachment
    mail: OutboxMail
    entry: RecordEntry
    draft: ImportDraft
    saved_filter: SavedFilter
    absence: Absence


@dataclass
class World:
    people: dict[str, User]
    dossiers: dict[str, Dossier]
    team: Team
    service: Service
    policy: SeverityPolicy
    trigger: ReviewTrigger
    template: Template
    organisation: Organisation
    weekly_run: WeeklyRun
    daily_run: DailyRun
    step: EscalationStep
    action_policy: ActionPolicy
    relation: Relation | None = None
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        return self.clients[who]

    def row(self, model_name: str, kind: str) -> models.Model | None:
        """The row of a model that belongs to that kind of incident; the only one, for what belongs to none."""
        kept = {
            "user": self.people["outsider"], "team": self.team, "service": self.service, "template": self.template,
            "severitypolicy": self.policy, "reviewtrigger": self.trigger,
            "organisation": self.organisation, "weeklyrun": self.weekly_run,
            "dailyrun": self.daily_run, "escalationstep": self.step, "actionpolicy": self.action_policy,
        }  # fmt: skip
        of_dossier = {"outboxmail": "mail", "recordentry": "entry"}
        if kind == UNKNOWN:
            return None
        return kept.get(model_name) or getattr(self.dossiers[kind], of_dossier.get(model_name, model_name))


def make_world(words: str = "") -> World:
    """`words` stand in every text of the restricted incident, so that a leak can be found."""
    organisation = OrganisationFactory()
    roles = {name: User.Role.MEMBER for name in PEOPLE if name != "anonymous"} | {
        "viewer": User.Role.VIEWER, "team_viewer": User.Role.VIEWER,
        "facilitator": User.Role.FACILITATOR, "administrator": User.Role.ADMINISTRATOR,
    }  # fmt: skip
    people = {name: UserFactory(email=f"{name}@harbour.example", name=name, role=role) for name, role in roles.items()}
    team = TeamFactory(
        name="Harbour crew", lead=people["lead"], members=[people[n] for n in ("member", "team_viewer", "suspended")]
    )
    template = TemplateFactory(name="Full post-mortem")
    TemplateSectionFactory(template=template)
    world = World(
        people=people,
        dossiers={},
        team=team,
        service=ServiceFactory(name="checkout"),
        policy=SeverityPolicy.objects.create(severity=2, name="Major", definition="Felt by many.", review="required"),
        trigger=ReviewTrigger.objects.create(condition="data_lost", answer="required", because="It is gone."),
        template=template,
        organisation=organisation,
        weekly_run=WeeklyRun.objects.create(monday=date(2026, 3, 9)),
        daily_run=DailyRun.objects.create(day=date(2026, 3, 9)),
        step=EscalationStep.objects.create(audience="owner", days=1, asks="Blocked?"),
        action_policy=ActionPolicy.objects.create(),
    )
    world.dossiers[OPEN] = _dossier(world, OPEN, "")
    world.dossiers[RESTRICTED] = _dossier(world, RESTRICTED, words)
    open_one, restricted = (world.dossiers[kind].postmortem.incident for kind in (OPEN, RESTRICTED))
    world.relation = Relation.objects.create(
        incident=open_one, other=restricted, why=f"{words}what is alike", by=people["member"]
    )
    world.clients = {name: Client() for name in PEOPLE}
    for name, person in people.items():
        world.clients[name].force_login(person)
    User.objects.filter(pk=people["suspended"].pk).update(is_active=False)
    return world


def _dossier(world: World, kind: str, words: str) -> Dossier:
    by = world.people["member"]
    incident = IncidentFactory(
        number=NUMBERS[kind], team=world.team, is_restricted=kind == RESTRICTED, reported_by=by,
        title=f"{words}title" if words else "Checkout answers slowly", summary=f"{words}summary",
    )  # fmt: skip
    if words:
        type(incident.impact).objects.filter(incident=incident).update(downstream=f"{words}downstream")
    ParticipantFactory(incident=incident, user=world.people["participant"])
    postmortem = PostmortemFactory(
        incident=incident, template=world.template, opened_by=world.people["administrator"],
        texts={"summary": f"{words}section Enough words."},
    )  # fmt: skip
    event = TimelineEventFactory(
        postmortem=postmortem, added_by=by, text=f"{words}event text", who=f"{words}who", effect=f"{words}effect",
        source=f"{words}source",
    )  # fmt: skip
    observation = Observation.objects.create(
        postmortem=postmortem, event=event, added_by=by, text=f"{words}observation text"
    )
    action = ActionFactory(
        number=ACTION_NUMBERS[kind], postmortem=postmortem, owner=by, added_by=by, title=f"{words}action title",
        description=f"{words}action description",
    )  # fmt: skip
    link = ActionLink.objects.create(
        action=action, url=f"https://wiki.example/{words}link", label=f"{words}link", added_by=by
    )
    instant = OwnInstant.objects.create(incident=incident, name=f"{words}own time", at=STARTED_AT)
    IncidentNote.objects.create(incident=incident, text=f"{words}note", noted_at=STARTED_AT, author=by)
    cause = Cause.objects.create(postmortem=postmortem, text=f"{words}cause", added_by=by)
    candidate = ActionCandidate.objects.create(
        postmortem=postmortem, number=1, text=f"{words}candidate", cause=cause, added_by=by
    )
    HoldCheck.objects.create(action=action, after_days=CHECK_AFTER_DAYS, due_on=date(2026, 4, 15))
    export = Export.objects.create(
        postmortem=postmortem, format="md", requested_by=by, status="ready", content=f"{words}export".encode()
    )
    content = f"{words}attachment".encode()
    # Its name stands in its address: whoever asks for that knows it, and sign-in leads back there.
    attachment = AttachmentFactory(
        postmortem=postmortem, uploaded_by=by, name="gate.log", content=content, first_line=f"{words}first line"
    )
    mail = OutboxMail.objects.create(
        kind="weekly", recipient=by, period=f"2026-W10-{kind}", subject=f"{words}mail subject",
        text=f"{words}mail text", html=f"<p>{words}mail html</p>", message_id=f"<{kind}@harbour.example>",
        status="failed", next_try_at=timezone.now(),
    )  # fmt: skip
    ReviewDecision.objects.create(
        incident=incident, answer="optional", proposed="required", reason=f"{words}decision", by=by
    )
    entry = put_on_record(incident, "incident.reported", by=by, title=f"{words}record")
    put_on_record(action, "action.edited", by=by, before={"title": f"{words}record"}, after={"title": "New"})
    put_on_record(postmortem, "timeline_event.added", by=by, text=f"{words}record of post-mortem")
    draft = ImportDraft.objects.create(owner=by, source_name=f"{words}draft.md", text=f"# {words}draft")
    line = {"fingerprint": "aa", "at": "2026-03-02T14:32:00Z", "text": f"{words}line", "who": "", "kind": "other"}
    TimelineDraft.objects.create(
        owner=by, postmortem=postmortem, zone="UTC", candidates=[line | {"source": f"{words}file", "left_out": ""}]
    )
    saved_filter = SavedFilter.objects.create(owner=by, name=f"{words}{kind} filter", query="overdue=on")
    section = postmortem.sections.get()
    for name in (f"{words}first version", f"{words}second version"):
        keep_revision(postmortem, Reason(Revision.Kind.NAMED, name, by))
    Reviewer.objects.create(
        postmortem=postmortem, person=world.people["participant"], named_by=by, asked_at=STARTED_AT, answer="changes",
        words=f"{words}asks for changes", answered_at=STARTED_AT, revision=postmortem.revisions.first(),
    )  # fmt: skip
    named = f"[@{words}mentioned](person:{world.people['lead'].pk})"
    thread = open_thread(section, by=by, text=f"{words}comment, {named}", quote=f"{words}section")
    comment = thread.comments.get()
    return Dossier(
        incident,
        postmortem,
        section,
        thread,
        comment,
        event,
        observation,
        action,
        link,
        instant,
        cause,
        candidate,
        export,
        attachment,
        mail,
        entry,
        draft,
        saved_filter,
        Absence.objects.create(person=by, first_on=date(2099, 7, 1), last_on=date(2099, 7, 9), noted_by=by),
    )


@dataclass(frozen=True)
class Address:
    """One pattern of the URL configuration. `name` is the route itself where the pattern has no name."""

    name: str
    route: str
    parameters: tuple[str, ...]

    def path(self, world: World, kind: str) -> str:
        return self.filled({name: _value(world, self, name, kind) for name in self.parameters})

    def filled(self, values: dict[str, object]) -> str:
        path = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", self.route)
        for name, value in values.items():
            path = re.sub(rf"<(?:\w+:)?{name}>", lambda _, value=value: str(value), path)
        return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")

    @property
    def is_of_an_incident(self) -> bool:
        """Whether restricted and open ones may be answered differently."""
        admin_rows = re.match(r"admin/(incidents/incident|postmortems/postmortem|actions/action)/<", self.route)
        return bool(admin_rows) or (
            not self.route.startswith(("admin/", "accounts/")) and bool({"number", "pk"} & {*self.parameters})
        )


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern.url_patterns, route, namespace + inner)
        else:
            parameters = tuple(re.findall(r"<(?:\w+:)?(\w+)>", route))
            yield Address(f"{namespace}{pattern.name}" if pattern.name else route, route, parameters)


ROWS_BEHIND_PK = {
    "comments": "comment", "threads": "thread", "sections": "section", "timeline": "event", "observations": "observation",
    "exports": "export", "drafts": "draft", "attachments": "attachment", "links": "link", "times": "instant",
    "causes": "cause", "filters": "saved_filter", "away": "absence",
}  # fmt: skip


def _value(world: World, address: Address, parameter: str, kind: str) -> object:
    if parameter == "number":
        of_action = re.search(r"actions/<int:number>", address.route)
        return (ACTION_NUMBERS if of_action else NUMBERS)[kind]
    if parameter in ("pk", "object_id"):
        parts = address.route[: address.route.index(f":{parameter}>")].split("/")
        row = world.row(ROWS_BEHIND_PK.get(parts[-2], parts[-2]), kind)
        return row.pk if row else NOBODY_HAS
    if parameter == "candidate":
        return world.dossiers[kind].candidate.number if kind != UNKNOWN else NOBODY_HAS
    if parameter == "revision":
        return world.dossiers[kind].postmortem.revisions.first().number if kind != UNKNOWN else NOBODY_HAS
    if parameter == "file_name":
        return world.dossiers[kind].attachment.name if kind in world.dossiers else "gate.log"
    return {
        "template": world.template.pk,
        "relation": world.relation.pk if world.relation else NOBODY_HAS,
        "block": "timeline",
        "place": "participants",
        "token": "no-token",
        "purpose": "accept",
        "fingerprint": "aa",
        "days": CHECK_AFTER_DAYS,
        "format": "md",
        "app_label": "actions",
        "url": "no/such/page",
        "key": "some-key",
        "uidb36": "zzzzz",  # nobody: allauth would note the address of whoever it is
    }[parameter]
