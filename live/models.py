from datetime import UTC, datetime, timedelta

from django.db import models

from core.models import TimestampedModel
from people.models import User

BEGINNING_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def identity_of(room_id: int, created_at: datetime) -> str:
    """Tells a room from another that got the same number in a database made anew; a restored one stays what it was."""
    return f"{room_id}.{(created_at - BEGINNING_OF_TIME) // timedelta(microseconds=1):x}"


class Room(TimestampedModel):
    """A place where people edit shared texts together; `kind` names the door that decides who may enter."""

    kind = models.CharField(max_length=40)
    # Nobody types in it. Kept here, beside what every commit locks anyway, and not read from the app above.
    is_sealed = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"{self.kind} room {self.pk}"

    @property
    def identity(self) -> str:
        return identity_of(self.pk, self.created_at)


class Update(models.Model):
    """One batch of changes, in the order in which they became true. The log is the document."""

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["room", "id"], name="update_of_room_in_order")]

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="updates")
    data = models.BinaryField()
    # No constraint: checking it would lock the person's row in every commit of every document, and whoever holds that
    # row for update would hold up all typing. People are never deleted.
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(auto_now_add=True)


class Snapshot(models.Model):
    """Everything that the log holds up to and with the update `upto`, folded into one."""

    class Meta:
        ordering = ["-upto"]
        constraints = [models.UniqueConstraint(fields=["room", "upto"], name="snapshot_once_for_a_state")]

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="snapshots")
    data = models.BinaryField()
    upto = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)


class SharedText(TimestampedModel):
    """The plain Markdown of one text as it stood at the update `upto`: for reading, search, PDF and mail."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "name"], name="shared_text_name_once_in_a_room")]

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="texts")
    name = models.SlugField(max_length=60)
    text = models.TextField(blank=True)
    upto = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} in {self.room}"
