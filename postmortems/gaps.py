"""What a timeline leaves open, as questions to the room: kind ones, for nobody is at fault for what nobody wrote down."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

# A silence is worth a question from here on, where it is also a good part of the whole and far longer than usual.
SHORTEST_SILENCE = timedelta(minutes=10)
SHARE_OF_ALL = 0.12
TIMES_THE_USUAL = 3
MOST_SILENCES = 5
LATE_ACKNOWLEDGED = timedelta(minutes=10)
LATE_ESCALATION = timedelta(minutes=30)
A_MOMENT = timedelta(minutes=1)
FAR = timedelta(days=1)
MOST_ASKED_WHO = 1


def silences(moments: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """The long waits between two events, in order of time; `moments` are in order."""
    waits = [(later - earlier, earlier, later) for earlier, later in pairwise(moments)]
    if not waits:
        return []
    usual = sorted(wait for wait, _, _ in waits)[len(waits) // 2]
    least = max(SHORTEST_SILENCE, (moments[-1] - moments[0]) * SHARE_OF_ALL)
    if len(waits) > 3:
        least = max(least, usual * TIMES_THE_USUAL)
    longest = sorted((wait for wait in waits if wait[0] >= least), reverse=True)[:MOST_SILENCES]
    return sorted((earlier, later) for _, earlier, later in longest)
