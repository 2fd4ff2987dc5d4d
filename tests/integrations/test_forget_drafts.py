from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import ImportDraft, TimelineDraft, TimelineDraftFile
from integrations.tasks import sweep_drafts
from people.models import User
from postmortems.models import Postmortem
from tests.factories import PostmortemFactory

pytestmark = pytest.mark.django_db


def timeline_draft(owner: User, postmortem: Postmortem) -> TimelineDraft:
    draft = TimelineDraft.objects.create(owner=owner, postmortem=postmortem, zone="UTC")
    TimelineDraftFile.objects.create(
        draft=draft, name="chat.zip", kind="slack_export", sha256="0" * 64, content=b"words"
    )
    return draft


def test_drafts_that_nobody_touches_for_a_month_are_forgotten_with_their_files(member: User) -> None:
    old, fresh = (timeline_draft(member, PostmortemFactory()) for _ in range(2))
    old_text, fresh_text = (ImportDraft.objects.create(owner=member, source_name="a.md", text="# A") for _ in range(2))
    for draft, days in ((old, 31), (fresh, 29), (old_text, 31), (fresh_text, 29)):
        at = timezone.now() - timedelta(days=days)
        type(draft).objects.filter(pk=draft.pk).update(updated_at=at)

    assert sweep_drafts() == 2

    assert list(TimelineDraft.objects.all()) == [fresh]
    assert [file.draft for file in TimelineDraftFile.objects.all()] == [fresh]
    assert list(ImportDraft.objects.all()) == [fresh_text]
