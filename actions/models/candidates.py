from typing import Any, Self

from django.db import models
from django.db.models import Q

from actions.models.actions import Action
from actions.models.weighing import IN_SCALE, Hierarchy, Purpose, Quadrant
from core.models import TimestampedModel
from people.models import User
from postmortems.models import Cause, Postmortem


class CandidateQuerySet(models.QuerySet["ActionCandidate"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(postmortem__in=Postmortem.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state=ActionCandidate.State.OPEN)


class ActionCandidate(TimestampedModel):
    """Something that may be done, said while people talk. It becomes an action, or stays on record with the reason why not.

    In its meeting it is spoken of by its number, which counts from 1 in each post-mortem.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        TAKEN = "taken", "taken"
        NOT_TAKEN = "not_taken", "not taken"

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "number"], name="candidate_number_once"),
            models.CheckConstraint(
                name="candidate_placed_by_both_sides",
                condition=Q(impact=None, effort=None) | Q(impact__range=(1, 5), effort__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="candidate_taken_iff_it_has_an_action",
                condition=Q(state="taken", action__isnull=False) | (~Q(state="taken") & Q(action=None)),
            ),
            models.CheckConstraint(
                name="candidate_not_taken_with_reason_and_name",
                condition=~Q(state="not_taken") | (~Q(reason="") & Q(decided_by__isnull=False)),
            ),
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="candidates")
    number = models.PositiveSmallIntegerField()
    text = models.CharField("what could be done", max_length=300)
    impact = models.PositiveSmallIntegerField(null=True, blank=True, validators=IN_SCALE)
    effort = models.PositiveSmallIntegerField(null=True, blank=True, validators=IN_SCALE)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hierarchy = models.CharField("prevention hierarchy", max_length=20, choices=Hierarchy, blank=True)
    purpose = models.CharField("what it does", max_length=20, choices=Purpose, blank=True)
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, null=True, blank=True, related_name="candidates")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField("why not", max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    action = models.OneToOneField(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="candidate")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = CandidateQuerySet.as_manager()

    # What open pages were told of the last change: whoever made it is answered with the same.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def quadrant(self) -> Quadrant | None:
        return None if self.impact is None or self.effort is None else Quadrant.at(self.impact, self.effort)
