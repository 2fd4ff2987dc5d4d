"""A filtered list as CSV, for a spreadsheet: a batch at a time, however long it is."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from asgiref.sync import sync_to_async

from actions.boards.groups import SHOWN, as_shown
from actions.boards.narrowing import narrowed, status_condition
from actions.filters import ActionFilter
from actions.models import Action
from incidents.models import Severity
from people.models import User

BATCH = 1_000
SEVERITIES = dict(Severity.choices)
BESIDES = ["created_at", "evidence", "drop_reason"]
BOM = "\ufeff"  # Without it Excel reads the file in the code page of the machine.
# A spreadsheet reads a cell that begins with one of these as a formula, and runs it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: Any) -> str:
    """As text, whatever a spreadsheet would like to make of it."""
    words = "" if value is None else str(value)
    return f"'{words}" if words.lstrip(" ").startswith(FORMULAS) else words


def lines(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_MINIMAL).writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def header(zone: tzinfo) -> list[str]:
    return [
        "Number", "Action", "Status", "Priority", "Owner", "Owner’s e-mail", "Due", "Overdue", "Waits for", "Blocked because",
        "Team", "Incident", "Severity", f"Added ({zone})", f"Finished ({zone})", "Evidence", "Dropped because", "Address",
    ]  # fmt: skip


def sheet(user: User, filters: ActionFilter, *, on: date, zone: tzinfo, site: str) -> Iterator[str]:
    """By number and from number to number: what is added or ends meanwhile moves nothing, and no cursor stays open."""
    yield BOM + lines([header(zone)])
    rows = batch(user, filters, on, 0)
    while rows:
        yield lines(_cells(row, zone, site) for row in rows)
        rows = batch(user, filters, on, rows[-1].number)


async def in_turn(lines: Iterator[str]) -> AsyncIterator[str]:
    """The server's own kind of iterator: given the plain one, it would gather the whole file before the first byte."""
    while part := await sync_to_async(lambda: next(lines, ""))():
        yield part


def batch(user: User, filters: ActionFilter, on: date, after: int) -> Sequence[Action]:
    # Asked anew for each batch: whoever loses the right to see something while it runs, gets no more of it.
    actions = narrowed(user, filters.wishes, on=on).filter(status_condition(filters.wished_status))
    more = as_shown(actions.filter(number__gt=after), on).only(*SHOWN, *BESIDES).order_by("number")
    return list(more[:BATCH])


def _cells(action: Any, zone: tzinfo, site: str) -> list[Any]:
    incident = action.postmortem.incident
    return [
        action.reference, action.title, action.get_status_display(), action.get_priority_display(), action.owner or "",
        action.owner.email if action.owner else "", action.due_on, "yes" if action.is_overdue else "", action.waits_for_whom,
        action.blocked_reason, incident.team, incident.reference, SEVERITIES.get(incident.severity, ""),
        _at(action.created_at, zone), _at(action.finished_at, zone), action.evidence, action.drop_reason,
        site + action.get_absolute_url(),
    ]  # fmt: skip


def _at(instant: datetime | None, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M") if instant else ""
