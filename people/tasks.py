from collections import Counter

from celery import shared_task
from django.utils import timezone

from people.mail import Outcome, send_due_mail, wake_the_sender
from people.models import OutboxMail


@shared_task
def send_planned_mail() -> dict[str, int]:
    """Send what the outbox owes. Any number may run at once, and again: each mail is held by one of them."""
    outcomes = Counter(delivery.outcome for delivery in send_due_mail())
    if outcomes[Outcome.SENT] and OutboxMail.objects.due(timezone.now()).exists():
        wake_the_sender()  # the time was over before the outbox was empty: no need to wait for beat
    return {outcome.name.lower(): count for outcome, count in outcomes.items()}
