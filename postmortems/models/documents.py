import re
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.models import TimestampedModel
from incidents.models import Incident
from live.models import Room
from people.models import User
from postmortems.anchors import anchor_of
from postmortems.models.templates import SectionRole, Template, TemplateVersion, questions_in

# What stands for records in a text, such as {{timeline}}.
BLOCK = re.compile(r"\{\{\s*\w+\s*\}\}")


class PostmortemQuerySet(models.QuerySet["Postmortem"]):
    def visible_to(self, user: User) -> Self:
        """The one door to post-mortems: who may see the incident may see its post-mortem."""
        return self.filter(incident__in=Incident.objects.visible_to(user))


class Postmortem(TimestampedModel):
    """The blameless account of one incident. It is spoken of by the incident's number."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        IN_REVIEW = "in_review", "in review"
        PUBLISHED = "published", "published"
        CLOSED = "closed", "closed"

    class Meta:
        ordering = ["-incident__number"]
        verbose_name = "post-mortem"
        constraints = [
            models.CheckConstraint(
                name="postmortem_closed_at_iff_closed",
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="postmortem_published_at_once_published",
                condition=Q(status__in=["draft", "in_review"]) | Q(published_at__isnull=False),
            ),
        ]

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="postmortem")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="postmortems")
    template_version = models.ForeignKey(
        TemplateVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="postmortems",
        help_text="Empty: it began before versions were kept.",
    )
    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="postmortem")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postmortems_opened")
    facilitator = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="postmortems_facilitated"
    )
    authors = models.ManyToManyField(
        User, related_name="postmortems_written", blank=True, help_text="Whoever opened it or wrote in it."
    )
    meeting_at = models.DateTimeField("meeting", null=True, blank=True)
    meeting_place = models.CharField("place or video link", max_length=500, blank=True)
    draft_shared_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_anyway = models.TextField(
        max_length=1000, blank=True, help_text="Why, where a reviewer still asked for changes."
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    is_imported = models.BooleanField(
        default=False, editable=False, help_text="It was written elsewhere: what passed before it came is not late."
    )
    # Up to which row of the room's log the texts were looked through for mentions and for passages that moved.
    words_read_upto = models.BigIntegerField(default=0, editable=False)

    objects = PostmortemQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Post-mortem of {self.incident}"

    def get_absolute_url(self) -> str:
        return reverse("postmortems:detail", args=[self.number])

    @property
    def number(self) -> int:
        return self.incident.number

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED


class Section(TimestampedModel):
    """One heading of a post-mortem. Its words are the shared text of the same key in the post-mortem's room."""

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["postmortem", "key"], name="section_key_once")]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=SectionRole, default=SectionRole.OTHER)
    guidance = models.TextField(blank=True)
    prompts = models.TextField(blank=True)
    body = models.TextField(blank=True, help_text="What it started with.")
    position = models.PositiveSmallIntegerField(default=100)
    is_required = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title

    @property
    def anchor(self) -> str:
        return anchor_of(self.key)

    @property
    def questions(self) -> list[str]:
        return questions_in(self.prompts)

    def is_unwritten(self, text: str) -> bool:
        """Whether nobody has added to what it started with. A block shows the records, so that is no empty text."""
        words = text.strip()
        return not words or (words == self.body.strip() and not BLOCK.search(words))
