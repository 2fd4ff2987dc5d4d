"""A simulated year: every mail that the rules demand comes once, and none that they do not. DEBRIEF_YEAR=1 for a whole one."""

import os

import pytest

from bench.year.house import Size
from bench.year.run import Year

SHORT, LONG = Size(people=16, postmortems=4, actions=24, weeks=11), Size(200, 50, 400, 52)
IS_LONG = bool(os.environ.get("DEBRIEF_YEAR"))


@pytest.mark.django_db
@pytest.mark.expects_server_errors
def test_every_mail_that_is_owed_comes_once_and_no_other():
    report = Year(LONG if IS_LONG else SHORT, seed=7).run()

    assert report.wrong == []
    assert report.deaths
    assert report.failures
    assert min(report.owed[kind] for kind in ("weekly", "reminder", "acceptance")) > 0
    assert report.sent >= report.owed.total()
