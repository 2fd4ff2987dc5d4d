from celery import shared_task
from django.utils import timezone

from integrations.commands.drafts import forget_drafts


@shared_task
def sweep_drafts() -> int:
    """Ticked by beat every hour; returns how many are gone."""
    return forget_drafts(timezone.now())
