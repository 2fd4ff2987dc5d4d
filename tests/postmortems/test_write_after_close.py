"""What somebody read before another person pressed Close must not slip in after it."""

import pytest

from actions.commands import add_action, reopen_action
from actions.errors import NotAllowedNow
from actions.models import Action
from live.commands import texts_of, version_of
from postmortems.commands import add_event, close_postmortem, write_section
from postmortems.errors import NotMovable
from postmortems.models import Postmortem
from tests.factories import RESOLVED_AT, ActionFactory, PostmortemFactory


@pytest.fixture
def stale(db, member):
    """A post-mortem as somebody's request has read it; in the database it is closed by now."""
    postmortem = PostmortemFactory(published=True)
    read_before = Postmortem.objects.get(pk=postmortem.pk)
    close_postmortem(postmortem, by=member)
    return read_before


def test_an_action_is_not_added_after_the_close(stale, member):
    with pytest.raises(NotAllowedNow):
        add_action(stale, by=member, title="Late", owner=member, due_on=RESOLVED_AT.date())

    assert not Action.objects.exists()


def test_an_event_is_not_added_after_the_close(stale, member):
    with pytest.raises(NotMovable):
        add_event(stale, by=member, text="Late", occurred_at=RESOLVED_AT)

    assert not stale.timeline_events.exists()


def test_words_are_not_written_after_the_close(stale, member):
    before = texts_of(stale.room)

    with pytest.raises(NotMovable):
        write_section(stale.sections.get(), "Late", base_version=version_of(stale.room), by=member)

    assert texts_of(stale.room) == before


def test_an_action_is_not_taken_up_again_after_the_close(db, member):
    postmortem = PostmortemFactory(published=True)
    done = ActionFactory(postmortem=postmortem, status="done", evidence="https://e.example", finished_at=RESOLVED_AT)
    close_postmortem(Postmortem.objects.get(pk=postmortem.pk), by=member)

    with pytest.raises(NotAllowedNow):
        reopen_action(done, by=member, reason="It broke again.")

    done.refresh_from_db()
    assert done.status == "done"
