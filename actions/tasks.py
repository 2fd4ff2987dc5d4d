from celery import shared_task
from django.utils import timezone

from actions.weekly import plan_due_week


@shared_task
def plan_weekly_mail() -> int:
    """Ticked by beat every few minutes: a beat that was down on Monday morning is made up for in the same week."""
    run = plan_due_week(timezone.now())
    return run.mail_count if run else 0
