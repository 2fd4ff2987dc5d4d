"""What was planned already: one row a period, whoever planned it, and however often it was tried."""

from django.db import models

from core.models import TimestampedModel


class WeeklyRun(TimestampedModel):
    """The weekly mail of one week was planned."""

    class Meta:
        ordering = ["-monday"]

    monday = models.DateField(unique=True)
    mail_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"week of {self.monday}"


class DailyRun(TimestampedModel):
    """What cannot wait for Monday was planned on a working day: reminders, and who is asked to accept."""

    class Meta:
        ordering = ["-day"]

    day = models.DateField(unique=True)
    mail_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}"
