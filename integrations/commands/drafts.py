"""What was brought and never taken: raw exports of a chat must not lie in the database for ever."""

from datetime import datetime, timedelta

from integrations.models import ImportDraft, TimelineDraft

DAYS_KEPT = 30


def forget_drafts(now: datetime) -> int:
    """Delete the drafts, with their files, that nobody has touched for `DAYS_KEPT` days; returns how many."""
    ripe = now - timedelta(days=DAYS_KEPT)
    documents, timelines = (
        ImportDraft.objects.filter(updated_at__lt=ripe),
        TimelineDraft.objects.filter(updated_at__lt=ripe),
    )
    _, gone = documents.delete()
    _, also_gone = timelines.delete()
    return gone.get(ImportDraft._meta.label, 0) + also_gone.get(TimelineDraft._meta.label, 0)
