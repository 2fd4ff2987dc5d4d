"""What an administrator can do with an account, and with a mail that did not arrive."""

from typing import Any

from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from people.errors import NotAllowedForPerson, NotRetryable, NotSentAgain
from people.mail import Letter, plan_mails
from people.models import OutboxMail, User
from people.record import put_on_record
from people.signals import person_left

RIGHTS = {"role", "is_active"}
AGAIN = "+"  # 2026-W47+1 is owed for 2026-W47 once more.


@transaction.atomic
def add_person(*, by: User, email: str, name: str, **facts: Any) -> User:
    """Make an account without a password: `send_password_link` lets the person choose one."""
    person: User = User.objects.create_user(email, None, name=name, **facts)
    put_on_record(person, "person.added", by=by, role=person.role)
    return person


def edit_problems(person: User, *, by: User, role: str, is_active: bool) -> list[str]:
    """Every reason why these rights may not be given; empty when they may."""
    problems = []
    loses_rights = person.is_administrator and not (is_active and role == User.Role.ADMINISTRATOR)
    if person.pk == by.pk and (role != by.role or not is_active):
        problems.append("Nobody changes their own rights: ask another administrator.")
    others = User.objects.active().filter(role=User.Role.ADMINISTRATOR).exclude(pk=person.pk)
    if loses_rights and person.is_active and not others.exists():
        problems.append(f"{person} is the only administrator at work: name another one first.")
    return problems


@transaction.atomic
def edit_person(person: User, *, by: User, **facts: Any) -> User:
    """Correct an account. Changed rights end the person's sessions, for each was opened with other ones.

    Raises NotAllowedForPerson and then changes nothing.
    """
    # All administrators are locked, in one order: two who remove each other at once must not both succeed.
    list(User.objects.select_for_update().filter(role=User.Role.ADMINISTRATOR).order_by("pk"))
    person = User.objects.select_for_update().get(pk=person.pk)
    role, is_active = facts.get("role", person.role), facts.get("is_active", person.is_active)
    if problems := edit_problems(person, by=by, role=role, is_active=is_active):
        raise NotAllowedForPerson(*problems)
    before = {name: getattr(person, name) for name, value in facts.items() if getattr(person, name) != value}
    for name in before:
        setattr(person, name, facts[name])
    person.save(update_fields=[*before, "updated_at"])
    if "email" in before:
        # Sign-in knows addresses by rows of its own; the old one must not open the account any longer.
        EmailAddress.objects.filter(user=person).delete()
    if before.keys() & RIGHTS:
        end_sessions(person)
    after = {name: facts[name] for name in before}
    put_on_record(person, _verb(before, is_active), by=by, before=before, after=after)
    if before.keys() & RIGHTS and not person.can_write:
        person_left.send(User, person=person, by=by)
    return person


def _verb(before: dict[str, Any], is_active: bool) -> str:
    if "is_active" in before:
        return "person.reactivated" if is_active else "person.deactivated"
    return "person.role_changed" if "role" in before else "person.edited"


def end_sessions(person: User) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()


def send_password_link(person: User, *, by: User, request: HttpRequest) -> None:
    """Mail the link that sets a password, at once: it is a key, and keys are not kept in the outbox.

    Raises NotAllowedForPerson for somebody no longer at work, and whatever SMTP raises when it refuses.
    """
    if not person.is_active:
        raise NotAllowedForPerson(f"{person} is no longer at work here.")
    request_password_reset(request, person.email, [person], token_generator=None)
    put_on_record(person, "person.password_link_sent", by=by)


@transaction.atomic
def remove_second_factor(person: User, *, by: User) -> None:
    """Let somebody who lost their phone in again with the password alone. Raises NotAllowedForPerson without one."""
    removed, _ = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise NotAllowedForPerson(f"{person} has no second factor.")
    end_sessions(person)
    put_on_record(person, "person.second_factor_removed", by=by)


@transaction.atomic
def try_mail_again(mail: OutboxMail, *, by: User) -> OutboxMail:
    """Owe a mail again that was given up. Raises NotRetryable for any other: nobody gets a mail twice."""
    mail = OutboxMail.objects.select_for_update().get(pk=mail.pk)
    if mail.status != OutboxMail.Status.FAILED:
        raise NotRetryable(
            f"The mail to {mail.recipient} is {mail.get_status_display()}: only one given up is retried."
        )
    mail.status = OutboxMail.Status.PLANNED
    mail.attempt_count = mail.doubt_count = 0
    mail.next_try_at = timezone.now()
    mail.save(update_fields=["status", "attempt_count", "doubt_count", "next_try_at", "updated_at"])
    put_on_record(mail, "mail.retried", by=by)
    return mail


@transaction.atomic
def send_mail_again(mail: OutboxMail, *, by: User) -> OutboxMail:
    """Owe its reader the same words once more, as a mail of its own: the first stays on record as sent.

    Whether they may still read of it is asked when it leaves, as for any. Raises NotSentAgain.
    """
    period = mail.period.split(AGAIN)[0]
    # Whoever else sends it again counts after this one.
    same = OutboxMail.objects.filter(kind=mail.kind, recipient=mail.recipient_id)
    list(same.select_for_update().filter(period=period))
    mail = OutboxMail.objects.select_related("recipient").get(pk=mail.pk)
    copies = same.filter(period__startswith=f"{period}{AGAIN}")
    if problem := _not_again(mail, copies):
        raise NotSentAgain(problem)
    letter = Letter(
        mail.recipient_id, mail.subject, mail.text, mail.html, mail.concerns, instead=mail.instead, topic=mail.topic
    )
    name = f"{period}{AGAIN}{copies.count() + 1}"
    if not plan_mails(mail.kind, name, [letter]):
        raise NotSentAgain(f"{mail.recipient} does without such mails.")
    again = same.get(period=name)
    put_on_record(again, "mail.sent_again", by=by, of=mail.pk)
    return again


def _not_again(mail: OutboxMail, copies: QuerySet[OutboxMail]) -> str:
    if mail.status != OutboxMail.Status.SENT:
        return f"The mail to {mail.recipient} is {mail.get_status_display()}: only one that was sent is sent again."
    if not mail.recipient.is_active:
        return f"{mail.recipient} is no longer at work here."
    if copies.exclude(status__in=[OutboxMail.Status.SENT, OutboxMail.Status.FAILED]).exists():
        return f"The mail to {mail.recipient} is on its way again already."
    return ""
