"""The ladder against a table written by hand from the promise, not from the code."""

from datetime import date, timedelta

import pytest

from actions.escalation import DEFAULTS, Ladder, Rung

DUE = date(2026, 3, 2)  # a Monday; summer time begins in Europe on 29 March

TABLE = """
2026-02-02 NONE
2026-02-28 NONE
2026-03-01 NONE
2026-03-02 NONE
2026-03-03 OWNER
2026-03-04 OWNER
2026-03-05 OWNER
2026-03-06 OWNER
2026-03-07 OWNER
2026-03-08 OWNER
2026-03-09 LEAD
2026-03-10 LEAD
2026-03-11 LEAD
2026-03-12 LEAD
2026-03-13 LEAD
2026-03-14 LEAD
2026-03-15 LEAD
2026-03-16 TEAM
2026-03-17 TEAM
2026-03-18 TEAM
2026-03-19 TEAM
2026-03-20 TEAM
2026-03-21 TEAM
2026-03-22 TEAM
2026-03-23 MANAGER
2026-03-24 MANAGER
2026-03-25 MANAGER
2026-03-26 MANAGER
2026-03-27 MANAGER
2026-03-28 MANAGER
2026-03-29 MANAGER
2026-03-30 DECISION
2026-03-31 DECISION
2026-04-01 DECISION
2026-04-05 DECISION
2026-04-06 DECISION
2026-04-13 DECISION
2026-05-04 DECISION
2026-10-26 DECISION
2027-03-02 DECISION
2036-03-02 DECISION
"""


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1])
def test_an_action_stands_on_the_rung_that_its_weeks_say(row):
    day, rung = row.split()

    overdue = max((date.fromisoformat(day) - DUE).days, 0)

    assert Ladder(DEFAULTS).rung_of(overdue) is Rung[rung]


def test_an_action_never_comes_down_by_waiting():
    rungs = [Ladder(DEFAULTS).rung_of((DUE + timedelta(days=n) - DUE).days) for n in range(400)]

    assert rungs == sorted(rungs)
