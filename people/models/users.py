from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.cache import cache
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from core.dates import validate_time_zone
from core.models import TimestampedModel
from people.models.finding import KNOWN_BY, NAME_WORDS, beginnings


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def named_like(self, words: str) -> Self:
        """Whose names have, for each of these words, one that begins with it."""
        return self if not words.strip() else self.matching(beginnings(words), NAME_WORDS)

    def known_as(self, words: str) -> Self:
        """The same of name, initials and what stands before the @ of the address."""
        return self if not words.strip() else self.matching(beginnings(words))

    def matching(self, query: str, of: SearchVector = KNOWN_BY) -> Self:
        """By a query made of `beginnings`. An index answers it."""
        if not query:
            return self.none()
        return self.alias(found_by=of).filter(found_by=SearchQuery(query, search_type="raw", config="simple"))

    def able_to_own(self) -> Self:
        """People who may answer for an action: everyone at work who may write."""
        return self.active().exclude(role=User.Role.VIEWER)

    def unable_to_own(self) -> Self:
        """People who left, or may only read now: what they owned has nobody who answers for it."""
        return self.filter(models.Q(is_active=False) | models.Q(role=User.Role.VIEWER))


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"role": User.Role.ADMINISTRATOR, **fields})

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, TimestampedModel):
    """A person, known by e-mail address. Rights follow from the role and the teams, nothing else."""

    class Role(models.TextChoices):
        VIEWER = "viewer", "viewer"
        MEMBER = "member", "member"
        FACILITATOR = "facilitator", "facilitator"
        ADMINISTRATOR = "administrator", "administrator"

    class Meta:
        ordering = ["name", "email"]
        indexes = [
            GinIndex(NAME_WORDS, name="user_by_words_of_name"),
            GinIndex(KNOWN_BY, name="user_by_what_they_are_known_by"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case"),
            models.CheckConstraint(
                name="user_role_known",
                condition=models.Q(role__in=["viewer", "member", "facilitator", "administrator"]),
            ),
        ]

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[validate_time_zone], help_text="Empty: the organisation's own."
    )
    is_active = models.BooleanField(
        "at work here", default=True, help_text="Switch off instead of deleting: what a person did stays on record."
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Sign-in looks an address up in small letters.
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split()[0]

    @property
    def initials(self) -> str:
        words = str(self).split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or Organisation.load().time_zone)

    @property
    def is_administrator(self) -> bool:
        return self.role == self.Role.ADMINISTRATOR

    @property
    def is_facilitator(self) -> bool:
        """Facilitators and administrators lead meetings and keep templates, policies and teams."""
        return self.role in (self.Role.FACILITATOR, self.Role.ADMINISTRATOR)

    @property
    def can_write(self) -> bool:
        return self.is_active and self.role != self.Role.VIEWER

    # The admin site asks these four; its pages for facilitators are listed in people.permissions.
    @property
    def is_staff(self) -> bool:
        return self.is_facilitator

    @property
    def is_superuser(self) -> bool:
        return self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        from people.permissions import has_admin_permission

        return has_admin_permission(self, perm)

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_facilitator


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: User) -> Self:
        """Teams that a person is in, leads or manages. Memberships by an index: a join would read everybody's."""
        is_in = Team.members.through.objects.filter(user=user).values("team")
        return self.filter(models.Q(pk__in=is_in) | models.Q(lead=user) | models.Q(engineering_manager=user))


class Team(TimestampedModel):
    class Meta:
        ordering = ["name"]

    name = models.CharField(max_length=120, unique=True)
    lead = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="teams_led", verbose_name="team lead"
    )
    engineering_manager = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="teams_managed"
    )
    members = models.ManyToManyField(User, related_name="teams", blank=True)

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Organisation(TimestampedModel):
    """The one row of facts about the organisation that runs this Debrief."""

    class Meta:
        verbose_name_plural = "organisation"
        constraints = [models.CheckConstraint(name="organisation_only_one", condition=models.Q(pk=1))]

    name = models.CharField(max_length=120, default="Our organisation")
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text="Mondays begin here; people see times in their own zone.",
    )
    weekly_mail_hour = models.PositiveSmallIntegerField(
        default=8,
        validators=[MaxValueValidator(23)],
        help_text="The hour on Monday after which the weekly mail leaves.",
    )

    CACHE_KEY = "organisation"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def load(cls) -> "Organisation":
        cached = cache.get(cls.CACHE_KEY)
        if isinstance(cached, cls):
            return cached
        organisation, _ = cls.objects.get_or_create(pk=1)
        cache.set(cls.CACHE_KEY, organisation, 60)
        return organisation

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)
        cache.delete(self.CACHE_KEY)

    def get_absolute_url(self) -> str:
        return reverse("admin:people_organisation_change", args=[self.pk])
