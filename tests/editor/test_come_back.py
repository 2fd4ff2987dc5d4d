"""When a page tries again whose server, database or network is away: QUALITY rows D2 and L14."""

import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tests.editor.test_detect_logs import NODE

SCRIPT = Path(__file__).with_name("come_back.mjs")
RESTARTS, TRY_AGAIN, BROKEN = 1012, 1013, 1006


def pauses(code: int, seconds: float) -> list[tuple[float, float]]:
    """When each pause began, and how long it was at most, while nobody answered for so long."""
    command = [NODE, "--no-warnings", SCRIPT, str(code), str(seconds)]
    tried = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return [(before, after - before) for before, after in pairwise([0, *tried])]


@pytest.mark.parametrize("code", [BROKEN, TRY_AGAIN])
def test_nobody_waits_long_for_a_server_that_is_back_within_minutes(code: int) -> None:
    found = pauses(code, 600)

    assert found[0][1] < 1
    assert max(pause for began, pause in found if began < 175) <= 4.01
    assert len(found) < 90  # But nobody knocks all the time either.


def test_a_server_that_stays_away_is_asked_more_and_more_rarely() -> None:
    last_minutes = [pause for began, pause in pauses(BROKEN, 600) if began > 200]

    assert min(last_minutes) > 14
    assert max(last_minutes) < 15.01


def test_a_server_that_said_it_restarts_is_asked_again_in_a_moment() -> None:
    assert max(pause for began, pause in pauses(RESTARTS, 55)) <= 1.51
