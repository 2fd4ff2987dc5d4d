"""What stands in a document beside its texts: lists of rows, each of a kind. The apps above register theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format

from people.models import RecordEntry
from postmortems.models import Postmortem


@dataclass(frozen=True)
class Row:
    """One row as it was; values are what JSON can hold."""

    key: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Field:
    """How a value is called and told. `choices` gives the words for stored values."""

    label: str
    choices: Mapping[Any, Any] = field(default_factory=dict)
    unknown: str = "unknown"

    def in_words(self, value: Any) -> str:
        """Instants are told in the reader's zone."""
        match value:
            case None | "":
                return self.unknown
            case bool():
                return "yes" if value else "no"
            case list():
                return ", ".join(map(str, value)) or "none"
            case str() if not self.choices and (at := _instant(value)):
                return date_format(timezone.localtime(at), "j M Y, H:i:s" if at.second else "j M Y, H:i")
            case str() if not self.choices and len(value) == 10 and (on := _day(value)):
                return date_format(on, "j M Y")
        return str(self.choices.get(value, value))


class RowKind(Protocol):
    key: str
    title: str
    one: str
    many: str
    fields: Mapping[str, Field]
    moves_on: frozenset[str]  # fields that change as the work goes on, not as the document does

    def rows(self, postmortem: Postmortem) -> list[Row]: ...

    def heading(self, row: Row) -> str:
        """What the row is called in a list."""

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        """Who has changed rows since then, by the record."""

    def has_changed(self) -> Q:
        """A condition on post-mortems: whether rows changed after their `history.rows_at`."""


_kinds: dict[str, RowKind] = {}


def register(kind: RowKind) -> None:
    _kinds[kind.key] = kind


def kinds() -> Iterable[RowKind]:
    return _kinds.values()


def kind_of(key: str) -> RowKind | None:
    return _kinds.get(key)


def plain(value: Any) -> Any:
    """What JSON can hold: instants in UTC, amounts as text."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
    return value


def people_on_record(entries: QuerySet[RecordEntry], since: datetime) -> set[int]:
    """Who is behind entries of the record made after `since`."""
    found = entries.filter(by__isnull=False, at__gt=since).order_by()
    return {person for person in found.values_list("by_id", flat=True).distinct() if person is not None}


def _instant(value: str) -> datetime | None:
    if len(value) < 19 or value[4:5] != "-" or not value.endswith("Z"):
        return None
    try:
        return parse_datetime(value)
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        return parse_date(value)
    except ValueError:
        return None
