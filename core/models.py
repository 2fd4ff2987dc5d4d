"""Abstract rows that every app builds on. This package has no tables of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


class ChangedAtField(models.DateTimeField):
    """Now, but always later than before: the clocks of two servers differ, and open pages go by it which state is newer."""

    def pre_save(self, model_instance: models.Model, add: bool) -> datetime:
        before = None if add else getattr(model_instance, self.attname)
        at: datetime = super().pre_save(model_instance, add)
        if before is not None and at <= before:
            at = before + INSTANT
            setattr(model_instance, self.attname, at)
        return at

    def deconstruct(self) -> Any:
        # To the database it is a DateTimeField like any other.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class TimestampedModel(models.Model):
    class Meta:
        abstract = True

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = ChangedAtField(auto_now=True)

    @property
    def version(self) -> int:
        """Which of two states of a row is the newer one; microseconds, which a browser's numbers hold."""
        return (self.updated_at - EPOCH) // INSTANT

    def touch(self) -> None:
        """Give it the next version, where it is not saved by save() itself."""
        self._meta.get_field("updated_at").pre_save(self, add=False)  # type: ignore[union-attr]


class NumberedModel(TimestampedModel):
    """A row that people speak of by number: the next one is one above the highest, with no gaps."""

    class Meta:
        abstract = True

    REFERENCE_PREFIX: str

    number = models.PositiveIntegerField(unique=True, editable=False)

    @property
    def reference(self) -> str:
        return f"{self.REFERENCE_PREFIX}-{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.number is not None:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            self._take_the_next_number()
            super().save(*args, **kwargs)

    def _take_the_next_number(self) -> None:
        # Two people may press Create at once: the lock is held until this transaction ends.
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [self._meta.db_table])
        highest = type(self)._base_manager.aggregate(highest=Max("number"))["highest"]
        self.number = (highest or 0) + 1
