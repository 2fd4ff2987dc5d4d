"""How well real documents are read: counts set beside those that a person made. No text leaves this module."""

import csv
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from . import words
from .reader import read
from .reading import NotReadable, Reading

TIMELINE_TOLERANCE = 0.10
ACTION_TOLERANCE = 1
SLOW_SECONDS = 0.3


@dataclass(frozen=True)
class Truth:
    """One row of INDEX.tsv: what a person counts in a document."""

    file: str
    has_timeline: bool
    entries: int
    has_actions: bool
    actions: int
    done: int
    owned: int
    start: str
    end: str
    severity: str


@dataclass(frozen=True)
class Score:
    truth: Truth
    entries: int = 0
    actions: int = 0
    done: int = 0
    owned: int = 0
    is_start_right: bool | None = None
    is_end_right: bool | None = None
    is_severity_right: bool | None = None
    lost: int = 0
    seconds: float = 0.0
    crash: str = ""

    @property
    def is_timeline_right(self) -> bool:
        if not self.truth.has_timeline:
            return self.entries == 0
        return abs(self.entries - self.truth.entries) <= TIMELINE_TOLERANCE * self.truth.entries

    @property
    def are_actions_right(self) -> bool:
        if not self.truth.has_actions:
            return self.actions == 0
        return abs(self.actions - self.truth.actions) <= ACTION_TOLERANCE


def truths(corpus: Path) -> list[Truth]:
    with (corpus / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return [_truth(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _truth(row: dict[str, str]) -> Truth:
    return Truth(
        row["file"], row["has_timeline"] == "y", int(row["n_timeline_entries"]), row["has_actions"] == "y",
        int(row["n_actions"]), int(row["n_actions_done"]), int(row["n_actions_with_owner"]), row["start"], row["end"],
        row["severity"],
    )  # fmt: skip


def score_all(corpus: Path) -> list[Score]:
    return [score_one(corpus, truth) for truth in truths(corpus)]


def score_one(corpus: Path, truth: Truth) -> Score:
    data = (corpus / truth.file).read_bytes()
    began = time.perf_counter()
    try:
        reading = read(data, truth.file)
    except NotReadable as refusal:
        return Score(truth, crash=f"refused: {refusal.reasons[0]}")
    except Exception as error:  # noqa: BLE001  # whatever it is, the exam counts it and goes on
        return Score(truth, crash=type(error).__name__)
    seconds = time.perf_counter() - began
    return _scored(truth, reading, data.decode("utf-8", errors="replace"), seconds)


def _scored(truth: Truth, reading: Reading, text: str, seconds: float) -> Score:
    return Score(
        truth,
        entries=len(reading.timeline),
        actions=len(reading.actions),
        done=sum(action.done for action in reading.actions),
        owned=sum(bool(action.owner) for action in reading.actions),
        is_start_right=same_instant(truth.start, reading.started_at),
        is_end_right=same_instant(truth.end, reading.resolved_at),
        is_severity_right=(reading.severity or "").lower() == truth.severity.lower() if truth.severity else None,
        lost=words.lost_count(text, reading),
        seconds=seconds,
    )


def same_instant(written: str, read_at: datetime | None) -> bool | None:
    """None where the truth is not known. Without an offset the local time must agree, without a clock the day."""
    if not written:
        return None
    if read_at is None:
        return False
    if "T" not in written:
        return read_at.date().isoformat() == written
    true = datetime.fromisoformat(written.replace("Z", "+00:00"))
    return read_at == true if true.tzinfo else read_at.replace(tzinfo=None, second=0) == true.replace(second=0)


@dataclass(frozen=True)
class Totals:
    timelines: float
    actions: float
    quiet_timelines: float
    quiet_actions: float
    starts: float
    ends: float
    severities: float
    crashes: int
    lost: int
    slowest: float


def totals(scores: list[Score]) -> Totals:
    return Totals(
        timelines=_share([score.is_timeline_right for score in scores if score.truth.has_timeline]),
        actions=_share([score.are_actions_right for score in scores if score.truth.has_actions]),
        quiet_timelines=_share([score.is_timeline_right for score in scores if not score.truth.has_timeline]),
        quiet_actions=_share([score.are_actions_right for score in scores if not score.truth.has_actions]),
        starts=_share([score.is_start_right for score in scores if score.is_start_right is not None]),
        ends=_share([score.is_end_right for score in scores if score.is_end_right is not None]),
        severities=_share([score.is_severity_right for score in scores if score.is_severity_right is not None]),
        crashes=sum(bool(score.crash) for score in scores),
        lost=sum(score.lost for score in scores),
        slowest=max((score.seconds for score in scores), default=0.0),
    )


def _share(results: list[bool | None]) -> float:
    return sum(bool(result) for result in results) / len(results) if results else 1.0
