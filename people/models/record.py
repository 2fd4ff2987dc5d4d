from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from people.models.users import User


class RecordEntryQuerySet(models.QuerySet["RecordEntry"]):
    def about(self, thing: models.Model) -> "RecordEntryQuerySet":
        return self.filter(thing_type=ContentType.objects.get_for_model(thing), thing_id=thing.pk)


class RecordEntry(models.Model):
    """Who did what, when. The database refuses to change or delete one."""

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["thing_type", "thing_id", "-at"])]
        verbose_name_plural = "record entries"

    thing_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    thing_id = models.BigIntegerField()
    thing = GenericForeignKey("thing_type", "thing_id")
    verb = models.CharField(max_length=60, help_text="What happened, as noun.verb: postmortem.closed")
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: Debrief itself."
    )
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(auto_now_add=True)

    objects = RecordEntryQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.verb} by {self.by or 'Debrief'}"
