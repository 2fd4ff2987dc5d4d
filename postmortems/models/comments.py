from typing import Self

from django.db import models
from django.db.models import Q

from core.models import TimestampedModel
from live.anchors import Anchor
from people.models import User
from postmortems.models.documents import Postmortem, Section


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(postmortem__in=Postmortem.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(resolved_at=None)

    def resolved(self) -> Self:
        return self.filter(resolved_at__isnull=False)


class Thread(TimestampedModel):
    """What people say about a passage of a section, or about the section as a whole."""

    class Meta:
        ordering = ["-last_comment_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="thread_resolved_by_somebody",
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="thread_quotes_what_it_is_anchored_to",
                condition=Q(anchor=None, quote="") | (Q(anchor__isnull=False) & ~Q(quote="")),
            ),
        ]
        indexes = [models.Index(fields=["postmortem", "-last_comment_at"], name="thread_of_postmortem_latest")]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="threads")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="threads")
    anchor = models.JSONField(null=True, blank=True, help_text="Its first and last letter; empty: the whole section.")
    quote = models.TextField(blank=True, help_text="The passage as it was when the thread was opened.")
    last_words = models.TextField(blank=True, help_text="The passage as it was last seen in the text.")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_comment_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ThreadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Thread {self.pk} on {self.section}"

    def get_absolute_url(self) -> str:
        return f"{self.postmortem.get_absolute_url()}?thread={self.pk}#thread-{self.pk}"

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None

    @property
    def place(self) -> Anchor | None:
        """What keeps hold of its passage; None for a thread about the whole section."""
        return Anchor.from_json(self.anchor) if self.anchor else None


class Comment(TimestampedModel):
    """One thing somebody said. It may be edited or withdrawn by its author, and then says so; nothing is deleted."""

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="comment_has_words_until_withdrawn",
                condition=Q(withdrawn_at__isnull=False, text="") | (Q(withdrawn_at=None) & ~Q(text="")),
            )
        ]

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(blank=True, max_length=10_000)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Comment {self.pk} by {self.author}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class Mention(TimestampedModel):
    """Someone is named in the text of a post-mortem. They are told once, when the name has stood for a while."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["postmortem", "person"], name="mention_once_in_a_postmortem")]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="mentions")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: the log no longer says who."
    )
    first_seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} in {self.section}"
