"""The clocks of a post-mortem: until when emotions settle, by when its draft is shared, its meeting held, its text out.

Pure: the policy's numbers, the instants that were reached and the present go in, nothing is asked of the database.

Hours are real hours: 48 hours after Saturday noon end at Monday noon, or at one o'clock where summer time began between
them. Days are calendar days in the organisation's zone, whoever reads: day 0 is the day on which the incident was
resolved, “from day 3” begins at its midnight and “by day 5” ends with that day, however long these days are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.dates import at_local
from incidents.models import SeverityPolicy

SOON = timedelta(hours=24)
LAST_SECOND = timedelta(seconds=1)
UNKNOWN_YET = datetime.max.replace(tzinfo=UTC)
Unit = SeverityPolicy.Unit


class State(StrEnum):
    WAITING = "waiting"  # The incident goes on; clocks start when it is resolved.
    COMING = "coming"
    SOON = "soon"
    LATE = "late"
    MET = "met"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Reached:
    """What has been reached of a review. `meeting_at` may still lie ahead: then it is when the meeting is set for.

    Of what is imported, written elsewhere and often long ago, nothing is late.
    """

    meeting_at: datetime | None = None
    draft_shared_at: datetime | None = None
    published_at: datetime | None = None
    is_needed: bool = True
    is_imported: bool = False


@dataclass(frozen=True)
class Clock:
    """One clock. `at` is when it was met, or for a meeting that lies ahead when it is set for; `note` explains."""

    key: str
    name: str
    state: State
    by: datetime | None = None
    began_at: datetime | None = None
    at: datetime | None = None
    late_by: timedelta = timedelta()
    elapsed_percent: int = 0
    note: str = ""

    @property
    def is_late(self) -> bool:
        return self.state == State.LATE

    @property
    def turns_at(self) -> datetime | None:
        """When it is to be looked at again: a page that stays open must not go on saying what was true."""
        if self.by is None or self.state not in (State.COMING, State.SOON):
            return None
        return self.by - SOON if self.state == State.COMING and self.key != COOL_DOWN else self.by


COOL_DOWN, DRAFT, MEETING, PUBLISHED = "cool_down", "draft", "meeting", "published"


@dataclass(frozen=True)
class Clocks:
    rows: tuple[Clock, ...] = ()

    def __iter__(self) -> Iterator[Clock]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def of(self, key: str) -> Clock | None:
        return next((clock for clock in self.rows if clock.key == key), None)

    @property
    def late(self) -> list[Clock]:
        return [clock for clock in self.rows if clock.is_late]

    @property
    def next(self) -> Clock | None:
        """The deadline that comes first."""
        coming = [clock for clock in self.rows if clock.state in (State.COMING, State.SOON) and clock.key != COOL_DOWN]
        return min(coming, key=lambda clock: clock.by or UNKNOWN_YET, default=None)

    @property
    def is_asked_for(self) -> bool:
        return any(clock.state != State.NOT_NEEDED for clock in self.rows)

    @property
    def is_waiting(self) -> bool:
        return any(clock.state == State.WAITING for clock in self.rows)

    @property
    def meeting_by(self) -> datetime | None:
        return self._by(MEETING)

    @property
    def publish_by(self) -> datetime | None:
        return self._by(PUBLISHED)

    @property
    def meeting_from(self) -> datetime | None:
        return self._by(COOL_DOWN)

    def _by(self, key: str) -> datetime | None:
        clock = self.of(key)
        return clock.by if clock else None


def clocks(
    resolved_at: datetime | None, policy: SeverityPolicy | None, reached: Reached, *, now: datetime, zone: ZoneInfo
) -> Clocks:
    """`policy` is that of the incident's severity: without one there are no clocks; `zone` is the organisation's."""
    if policy is None:
        return Clocks()
    if not reached.is_needed:
        return Clocks(tuple(Clock(key, name, State.NOT_NEEDED) for key, name in _names(policy).items()))
    if resolved_at is None:
        return Clocks(tuple(_before_it_is_resolved(key, name, reached) for key, name in _names(policy).items()))
    # In UTC: sums of instants in another zone go by its wall clock, and lose the hour that summer time takes.
    return Clocks(tuple(_running(resolved_at.astimezone(UTC), policy, reached, now, zone)))


def _names(policy: SeverityPolicy) -> dict[str, str]:
    names = {DRAFT: "Draft", MEETING: "Meeting", PUBLISHED: "Publishing"}
    return ({COOL_DOWN: "Cool-down"} if policy.meeting_from else {}) | names


def _before_it_is_resolved(key: str, name: str, reached: Reached) -> Clock:
    return Clock(key, name, State.WAITING, at=reached.meeting_at if key == MEETING else None)


def _running(
    resolved_at: datetime, policy: SeverityPolicy, reached: Reached, now: datetime, zone: ZoneInfo
) -> Iterator[Clock]:
    cool_until = start_of(resolved_at, policy.meeting_from, policy, zone)
    meeting_by = end_of(resolved_at, policy.meeting_within, policy, zone)
    publish_by = end_of(resolved_at, policy.publish_within, policy, zone)
    meets_at = (reached.meeting_at or meeting_by).astimezone(UTC)
    share_by = max(meets_at - timedelta(hours=policy.share_before_hours), resolved_at)
    hand = _Hand(resolved_at, now, reached.is_imported)
    if policy.meeting_from:
        yield _cool_down(hand, cool_until, reached)
    yield _draft(hand, share_by, reached)
    yield _meeting(hand, meeting_by, reached, cool_until)
    yield hand.clock(PUBLISHED, "Publishing", publish_by, reached.published_at)


@dataclass(frozen=True)
class _Hand:
    """Where time stands, for clocks that all began at once."""

    began_at: datetime
    now: datetime
    is_imported: bool

    def clock(self, key: str, name: str, by: datetime, at: datetime | None, *, note: str = "") -> Clock:
        is_met = at is not None and at <= self.now
        state = State.MET if is_met else self.state(by)
        if self.is_imported and state == State.LATE:
            return Clock(key, name, State.NOT_NEEDED, note="it was imported")
        end = at if is_met and at else self.now
        late_by = timedelta() if self.is_imported else max(end - by, timedelta())
        return Clock(key, name, state, by, self.began_at, at, late_by, self.percent(by), note)

    def state(self, by: datetime) -> State:
        return State.LATE if self.now > by else State.SOON if by - self.now <= SOON else State.COMING

    def percent(self, by: datetime) -> int:
        whole = (by - self.began_at).total_seconds()
        gone = (self.now - self.began_at).total_seconds()
        return round(min(max(gone / whole, 0), 1) * 100) if whole > 0 else 100


def _cool_down(hand: _Hand, until: datetime, reached: Reached) -> Clock:
    """Never late: it only says from when on people may meet."""
    is_over = hand.now >= until or reached.published_at is not None
    state = State.MET if is_over else State.COMING
    percent = 100 if is_over else hand.percent(until)
    return Clock(COOL_DOWN, "Cool-down", state, until, hand.began_at, until if is_over else None, timedelta(), percent)


def _draft(hand: _Hand, by: datetime, reached: Reached) -> Clock:
    clock = hand.clock(DRAFT, "Draft", by, reached.draft_shared_at)
    if clock.state == State.MET:
        return clock
    if reached.published_at:
        return Clock(DRAFT, clock.name, State.NOT_NEEDED, note="it was published without it")
    if reached.meeting_at and reached.meeting_at <= hand.now:
        return Clock(DRAFT, clock.name, State.NOT_NEEDED, note="the meeting was held without it")
    return clock


def _meeting(hand: _Hand, by: datetime, reached: Reached, cool_until: datetime) -> Clock:
    at = reached.meeting_at
    if reached.published_at and at is None:
        return Clock(MEETING, "Meeting", State.NOT_NEEDED, note="it was published without one")
    note = ""
    if at and at < cool_until:
        note = "set within the cool-down"
    elif at and at > by and at > hand.now:
        note = "set for later than asked"
    return hand.clock(MEETING, "Meeting", by, at, note=note)


def start_of(resolved_at: datetime, count: int, policy: SeverityPolicy, zone: ZoneInfo) -> datetime:
    if policy.counted_in == Unit.HOURS:
        return resolved_at + timedelta(hours=count)
    return _midnight(_day_of(resolved_at, zone) + timedelta(days=count), zone)


def end_of(resolved_at: datetime, count: int, policy: SeverityPolicy, zone: ZoneInfo) -> datetime:
    """The last instant that is still in time."""
    if policy.counted_in == Unit.HOURS:
        return resolved_at + timedelta(hours=count)
    return _midnight(_day_of(resolved_at, zone) + timedelta(days=count + 1), zone) - LAST_SECOND


def resolved_before(at: datetime, count: int, policy: SeverityPolicy, zone: ZoneInfo) -> datetime:
    """The other way round: what was resolved before this has its end of `count` behind it at the instant `at`."""
    if policy.counted_in == Unit.HOURS:
        return at - timedelta(hours=count)
    return _midnight(_day_of(at, zone) - timedelta(days=count), zone)


def _day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return at_local(day, 0, zone).astimezone(UTC)
