"""Filters that somebody comes back to."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models import TimestampedModel
from people.models import Team, User


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those that somebody shared with a team one is in."""
        return self.filter(Q(owner=user) | Q(team__in=Team.objects.of(user).values("pk")))


class SavedFilter(TimestampedModel):
    """An address of a list or a board under a name. What it finds depends on who opens it."""

    class View(models.TextChoices):
        LIST = "index", "list"
        BOARD = "board", "board"

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once_a_person")]

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, help_text="Shared with this team; empty: with nobody."
    )
    name = models.CharField(max_length=60)
    view = models.CharField(max_length=10, choices=View, default=View.LIST)
    query = models.CharField(max_length=1000)

    objects = SavedFilterQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
