from django.db import models

from core.models import TimestampedModel
from people.models.users import User


class UnwantedMailQuerySet(models.QuerySet["UnwantedMail"]):
    def by_topic(self) -> dict[str, frozenset[int]]:
        """topic -> who does without it"""
        topics: dict[str, set[int]] = {}
        for person, topic in self.order_by().values_list("person_id", "topic"):
            topics.setdefault(topic, set()).add(person)
        return {topic: frozenset(people) for topic, people in topics.items()}


class UnwantedMail(TimestampedModel):
    """A person does without mails of a topic. Topics are registered by the apps whose mails may be done without."""

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="unwanted_mail_once")]

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="unwanted_mails")
    topic = models.CharField(max_length=40)

    objects = UnwantedMailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person} does without {self.topic}"
