from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

from core.models import TimestampedModel
from people.models.users import User

LONGEST_DAYS = 366


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> Self:
        return self.filter(first_on__lte=day, last_on__gte=day)

    def not_over(self, day: date) -> Self:
        return self.filter(last_on__gte=day)

    def longest_on(self, day: date) -> "Absence | None":
        """Of those that cover the day, the one that ends last: until then the person is away."""
        return self.on(day).order_by("last_on").last()

    def last_days(self, day: date) -> dict[int, date]:
        """person -> the last day of being away, for everybody who is away on that day"""
        return dict(self.on(day).order_by("last_on").values_list("person_id", "last_on"))


class Absence(TimestampedModel):
    """A person is not there, from one day to another, both of them included. Why, is nobody's business."""

    class Meta:
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=models.Q(last_on__gte=models.F("first_on"))
            )
        ]
        indexes = [models.Index(fields=["last_on", "first_on"], name="absence_by_last_day")]

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first_on = models.DateField("first day away")
    last_on = models.DateField("last day away")
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = AbsenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person}, {self.first_on:%-d %b %Y} to {self.last_on:%-d %b %Y}"

    def clean(self) -> None:
        if not (self.first_on and self.last_on):
            return
        if self.last_on < self.first_on:
            raise ValidationError({"last_on": "The last day lies before the first."})
        if (self.last_on - self.first_on).days >= LONGEST_DAYS:
            raise ValidationError({"last_on": "Longer than a year: somebody else should own the actions meanwhile."})
