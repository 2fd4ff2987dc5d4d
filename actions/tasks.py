from celery import shared_task
from django.utils import timezone

from actions.daily import plan_due_day
from actions.weekly import plan_due_week


@shared_task
def plan_weekly_mail() -> int:
    """Ticked by beat every few minutes: a beat that was down on Monday morning is made up for in the same week."""
    run = plan_due_week(timezone.now())
    return run.mail_count if run else 0


@shared_task
def plan_daily_mail() -> int:
    """Ticked like the weekly one: reminders before a due date, and who is asked to accept."""
    return plan_due_day(timezone.now())
