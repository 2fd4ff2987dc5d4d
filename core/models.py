"""Abstract rows that every app builds on. This package has no tables of its own."""

from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max


class TimestampedModel(models.Model):
    class Meta:
        abstract = True

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)


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
