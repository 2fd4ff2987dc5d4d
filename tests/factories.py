"""The smallest valid rows, with fixed values: nothing random, so that no assertion needs an "or"."""

from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

import factory
from django.contrib.auth.hashers import get_hasher, make_password
from factory.django import DjangoModelFactory

from actions.models import Action
from incidents.models import Impact, Incident, Participant, Service, Severity
from live.commands import create_room
from people.models import Organisation, OutboxMail, Team, User
from postmortems.models import Attachment, Postmortem, Section, SectionRole, Template, TemplateSection, TimelineEvent

PASSWORD = "correct horse battery staple"
STARTED_AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
RESOLVED_AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)


def hashed_password() -> str:
    """Hashing is slow on purpose: once for all the people of a test run is enough, for each way of hashing."""
    return _hashed_with(get_hasher().algorithm)


@cache
def _hashed_with(algorithm: str) -> str:
    return make_password(PASSWORD, hasher=algorithm)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("pk",)

    pk = 1
    name = "Harbour"
    time_zone = "Europe/Berlin"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@harbour.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = User.Role.MEMBER
    time_zone = "Europe/Berlin"
    password = factory.LazyFunction(lambda: hashed_password())


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Team {n}")
    lead = factory.SubFactory(UserFactory)
    engineering_manager = factory.SubFactory(UserFactory)

    @factory.post_generation
    def members(self: Team, create: bool, people: list[User] | None, **kwargs: Any) -> None:
        if create and people:
            self.members.set(people)


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service

    name = factory.Sequence(lambda n: f"service-{n}")


class IncidentFactory(DjangoModelFactory):
    class Meta:
        model = Incident
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: n + 1)
    title = "Checkout answers slowly"
    severity = Severity.SEV2
    team = factory.SubFactory(TeamFactory)
    reported_by = factory.SubFactory(UserFactory)
    started_at = STARTED_AT
    resolved_at = RESOLVED_AT
    impact = factory.RelatedFactory("tests.factories.ImpactFactory", factory_related_name="incident")


class ImpactFactory(DjangoModelFactory):
    class Meta:
        model = Impact

    incident = factory.SubFactory(IncidentFactory, impact=None)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    incident = factory.SubFactory(IncidentFactory)
    user = factory.SubFactory(UserFactory)


class TemplateFactory(DjangoModelFactory):
    class Meta:
        model = Template

    name = factory.Sequence(lambda n: f"Template {n}")


class TemplateSectionFactory(DjangoModelFactory):
    class Meta:
        model = TemplateSection

    template = factory.SubFactory(TemplateFactory)
    key = "summary"
    title = "Summary"
    role = SectionRole.SUMMARY


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section

    key = "summary"
    title = "Summary"
    role = SectionRole.SUMMARY


class PostmortemFactory(DjangoModelFactory):
    """A post-mortem with one section, `summary`; `texts` maps further keys to their words."""

    class Meta:
        model = Postmortem
        skip_postgeneration_save = True
        exclude = ("texts",)

    texts = factory.LazyFunction(lambda: {"summary": "Checkout was slow for an hour and a half."})
    incident = factory.SubFactory(IncidentFactory)
    template = factory.SubFactory(TemplateFactory)
    room = factory.LazyAttribute(lambda self: create_room("postmortems", self.texts))
    opened_by = factory.SubFactory(UserFactory)
    section = factory.RelatedFactory(SectionFactory, factory_related_name="postmortem")

    class Params:
        published = factory.Trait(status=Postmortem.Status.PUBLISHED, published_at=RESOLVED_AT)


class TimelineEventFactory(DjangoModelFactory):
    class Meta:
        model = TimelineEvent

    postmortem = factory.SubFactory(PostmortemFactory)
    occurred_at = STARTED_AT
    text = "The first alert fires."
    added_by = factory.SubFactory(UserFactory)


class AttachmentFactory(DjangoModelFactory):
    """A log; what is examined and redrawn is made by `postmortems.uploads`."""

    class Meta:
        model = Attachment

    name = "gate.log"
    kind = Attachment.Kind.TEXT
    content = b"14:00 gate 3 does not answer\n14:01 gate 3 does not answer\n"
    first_line = "14:00 gate 3 does not answer"
    line_count = 2
    size = factory.LazyAttribute(lambda self: len(self.content))
    sha256 = factory.LazyAttribute(lambda self: sha256(self.content).hexdigest())
    uploaded_by = factory.SubFactory(UserFactory)


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    number = factory.Sequence(lambda n: n + 1)
    postmortem = factory.SubFactory(PostmortemFactory)
    title = "Alert on queue depth"
    owner = factory.SubFactory(UserFactory)
    due_on = date(2026, 3, 16)
    added_by = factory.SubFactory(UserFactory)
    asked_at = accepted_at = STARTED_AT


class OutboxMailFactory(DjangoModelFactory):
    class Meta:
        model = OutboxMail

    kind = "weekly"
    recipient = factory.SubFactory(UserFactory)
    period = "2026-W12"
    subject = "Your week: 1 overdue"
    text = "ACT-45 is overdue."
    html = "<p>ACT-45 is overdue.</p>"
    message_id = factory.Sequence(lambda n: f"<weekly.{n}@harbour.example>")
    next_try_at = RESOLVED_AT
