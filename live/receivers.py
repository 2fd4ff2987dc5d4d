"""What may end a session or take a right away, heard where it happens: sockets end at once, not at the next round."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from live.commands import doubt
from people.models import Team, User

# What a person's own row says about rights and sessions; a sign-in writes `last_login` alone.
WEIGHTY = {"role", "is_active", "password"}


@receiver(post_delete, sender=Session)
def ask_when_a_session_ended(sender: type[Session], instance: Session, **kwargs: Any) -> None:
    if instance.expire_date < timezone.now():  # Swept up long after; the rounds have seen to its sockets.
        return
    if (person := instance.get_decoded().get(SESSION_KEY, "")).isdigit():
        doubt(people=[int(person)])


@receiver(post_save, sender=User)
def ask_when_a_person_changed(
    sender: type[User], instance: User, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    if not created and (update_fields is None or WEIGHTY & update_fields):
        doubt(people=[instance.pk])


@receiver(m2m_changed, sender=Team.members.through)
def ask_when_members_changed(
    instance: Team | User, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    if reverse:
        doubt(people=[instance.pk])
    elif action in ("post_add", "post_remove") and pk_set:
        doubt(people=pk_set)
    elif action == "post_clear":
        doubt()


@receiver(post_save, sender=Team)
def ask_when_a_team_changed(sender: type[Team], created: bool, **kwargs: Any) -> None:
    """Its lead and its manager see what it sees, and who they were before is not known here."""
    if not created:
        doubt()
