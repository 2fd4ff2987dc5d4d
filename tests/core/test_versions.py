"""Open pages go by a row's version which of two states is the newer one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from people.models import Team
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=-5), timedelta(seconds=5)])
def test_a_version_rises_with_every_change_whatever_the_clock_of_the_server_says(later):
    with time_machine.travel(NOON, tick=False):
        team = TeamFactory()
        first = team.version
    with time_machine.travel(NOON + later, tick=False):
        team.save(update_fields=["name", "updated_at"])

    assert team.version > first
    assert Team.objects.get().version == team.version


def test_a_row_that_is_not_saved_by_itself_is_touched():
    with time_machine.travel(NOON, tick=False):
        team = TeamFactory()
        first = team.version
        team.touch()

    assert team.version == first + 1
