from datetime import date
from functools import cache
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from actions.models.weighing import Hierarchy, Horizon, Purpose
from core.models import NumberedModel
from incidents.models import Incident
from people.models import Team, User
from postmortems.models import Cause, Postmortem

MOST_HIDDEN = 5_000


class NoneOf(models.Lookup):
    """Not one of these keys: an array is one parameter, where IN would have a thousand, in each part of a union."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"NOT ({column} = ANY(%s::bigint[]))", (*params, f"{{{','.join(map(str, self.rhs))}}}")


def nobodys() -> Q:
    """Nobody answers for it. A subquery: it is asked once, and is cheaper than a join with everybody."""
    return Q(owner=None) | Q(owner__in=User.objects.unable_to_own().values("pk"))


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User) -> Self:
        """The one door to actions: who may see the incident may see what came out of it."""
        return self.filter(postmortem__in=Postmortem.objects.visible_to(user))

    def seen_by(self, user: User) -> Self:
        """What `visible_to` lets through, for readings of the whole table: the few that are hidden are looked up first.

        So a board can walk an index in its order and stop, instead of joining a hundred thousand rows to say yes to most.
        """
        closed = Postmortem.objects.filter(incident__in=Incident.objects.hidden_from(user))
        hidden = list(closed.order_by().values_list("pk", flat=True)[:MOST_HIDDEN])
        if len(hidden) == MOST_HIDDEN or not user.is_active:
            return self.visible_to(user)
        return self.filter(NoneOf(models.F("postmortem_id"), hidden)) if hidden else self.all()

    def open(self) -> Self:
        return self.filter(status__in=Action.OPEN)

    def at_work(self) -> Self:
        """Open, and its owner's turn: what only waits for a second person's word is not late."""
        return self.filter(status__in=Action.AT_WORK)

    def overdue(self, on: date) -> Self:
        return self.at_work().filter(due_on__lt=on)

    def unaccepted(self) -> Self:
        """Whose owner, who could, has not said yes to it."""
        return self.at_work().filter(~nobodys(), accepted_at=None, asked_at__isnull=False)

    def delete(self) -> NoReturn:
        raise TypeError("Actions are never deleted: drop them, with a reason.")


class Action(NumberedModel):
    """Agreed follow-up work: one owner, one due date. It ends as done, with proof, or dropped, on the record.

    Owner and due date are empty only for actions that were imported without them, or whose owner declined.
    """

    REFERENCE_PREFIX = "ACT"

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "not started"
        IN_PROGRESS = "in_progress", "in progress"
        BLOCKED = "blocked", "blocked"
        UNCONFIRMED = "unconfirmed", "done, waits for confirmation"
        DONE = "done", "done"
        DROPPED = "dropped", "dropped"

    class Priority(models.TextChoices):
        HIGH = "high", "high"
        MEDIUM = "medium", "medium"
        LOW = "low", "low"

    AT_WORK = [Status.NOT_STARTED, Status.IN_PROGRESS, Status.BLOCKED]
    OPEN = [*AT_WORK, Status.UNCONFIRMED]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="action_done_with_evidence",
                condition=~Q(status__in=["done", "unconfirmed"]) | (~Q(evidence="") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="action_dropped_with_reason_and_name",
                condition=~Q(status="dropped") | (~Q(drop_reason="") & Q(dropped_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="action_blocked_with_reason_and_name",
                condition=Q(status="blocked", blocked_at__isnull=False)
                & ~Q(blocked_reason="")
                & (Q(waits_for__isnull=False) | Q(waits_for_team__isnull=False))
                | (~Q(status="blocked") & Q(blocked_at=None)),
            ),
            models.CheckConstraint(
                name="action_confirmed_by_a_second_person",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("owner")),
            ),
            models.CheckConstraint(
                name="action_progress_up_to_100",
                condition=Q(progress_percent=None) | Q(progress_percent__lte=100),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="action_open_by_due_date",
                condition=Q(status__in=["not_started", "in_progress", "blocked", "unconfirmed"]),
            ),
            # What boards and lists read first: each column by urgency, and what ended the latest first.
            models.Index("status", models.F("due_on").asc(nulls_last=True), "number", name="action_column_by_urgency"),
            models.Index(
                models.F("due_on").asc(nulls_last=True),
                "number",
                name="action_open_by_urgency",
                condition=Q(status__in=["not_started", "in_progress", "blocked", "unconfirmed"]),
            ),
            # How many are open of each owner and team, read from the index alone.
            models.Index(
                fields=["postmortem", "owner"],
                name="action_open_by_postmortem",
                condition=Q(status__in=["not_started", "in_progress", "blocked", "unconfirmed"]),
            ),
            models.Index(fields=["-finished_at", "-number"], name="action_done_lately", condition=Q(status="done")),
            models.Index(
                fields=["-updated_at", "-number"], name="action_dropped_lately", condition=Q(status="dropped")
            ),
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="actions")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When its owner was asked to answer for it.")
    ask_mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When its owner said yes.")
    due_on = models.DateField("due", null=True)
    reminded_for = models.DateField(
        null=True, blank=True, editable=False, help_text="The due date that its owner was reminded of."
    )
    moved_count = models.PositiveSmallIntegerField("times moved", default=0)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MEDIUM)
    status = models.CharField(max_length=20, choices=Status, default=Status.NOT_STARTED)
    hierarchy = models.CharField("prevention hierarchy", max_length=20, choices=Hierarchy, blank=True)
    purpose = models.CharField("what it does", max_length=20, choices=Purpose, blank=True)
    horizon = models.CharField(max_length=20, choices=Horizon, blank=True, help_text="Empty: its date decides.")
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    progress_percent = models.PositiveSmallIntegerField("progress (%)", null=True, blank=True)
    progress_note = models.CharField(max_length=300, blank=True)
    blocked_reason = models.TextField(blank=True)
    waits_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_waiting")
    waits_for_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_waiting"
    )
    blocked_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(
        max_length=1000, blank=True, help_text="A link that proves it: a pull request, a dashboard."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    drop_reason = models.TextField(blank=True)
    dropped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_dropped"
    )
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="actions_added")
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by",
        help_text="The measure that held no longer, in whose place this one stands.",
    )  # fmt: skip

    objects = ActionQuerySet.as_manager()

    # What open pages were told of the last change: whoever made it is answered with the same.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return f"{_address()}{self.number}/"

    # Django's own makes the choices anew whenever it is asked: a tenth of a millisecond, on each of many lines.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        return STATUSES.get(self.status, self.status)

    def get_priority_display(self) -> str:  # type: ignore[no-redef]
        return PRIORITIES.get(self.priority, self.priority)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.reference} is never deleted: drop it, with a reason.")

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_at_work(self) -> bool:
        return self.status in self.AT_WORK

    @property
    def is_blocked(self) -> bool:
        return self.status == self.Status.BLOCKED

    @property
    def waits_for_acceptance(self) -> bool:
        return self.is_at_work and self.owner_id is not None and self.asked_at is not None and self.accepted_at is None

    @property
    def waits_for_whom(self) -> str:
        """The person or the team that a blocked action waits for."""
        return str(self.waits_for or self.waits_for_team or "") if self.is_blocked else ""

    @property
    def horizon_label(self) -> str:
        """What was chosen, else what follows from its date; empty without one."""
        if self.horizon:
            return str(Horizon(self.horizon).label)
        agreed_on = timezone.localdate(self.created_at)
        return str(Horizon.between(agreed_on, self.due_on).label) if self.due_on else ""

    def days_overdue(self, on: date) -> int:
        """Whole days past its due date; 0 for one that is not late, or not its owner's turn."""
        return max((on - self.due_on).days, 0) if self.is_at_work and self.due_on else 0


STATUSES, PRIORITIES = dict(Action.Status.choices), dict(Action.Priority.choices)


@cache
def _address() -> str:
    """Looked up once: a page has a hundred links to actions, a file a hundred thousand."""
    return reverse("actions:index")
