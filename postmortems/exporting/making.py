"""The making of an export, in the worker: claim the row, build the file, say how far it is.

The row is the record of what is owed: a message that the broker loses, or a worker that dies, costs time alone.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postmortems.exporting.as_json import as_json
from postmortems.exporting.as_markdown import as_markdown
from postmortems.exporting.as_pdf import as_pdf
from postmortems.exporting.document import Document, document_of
from postmortems.exporting.sandbox import NotRenderable, Report
from postmortems.models import Export, Postmortem

Status = Export.Status
MOST_ATTEMPTS = 3
# Longer than the renderer may go without a word.
LOST_AFTER = timedelta(seconds=240)
QUEUED_FOR_LONG = timedelta(seconds=50)
KEPT_FOR = timedelta(days=7)
SECONDS_BETWEEN_REPORTS = 0.4

GAVE_UP = f"It was tried {MOST_ATTEMPTS} times, and each time the work stopped before its end. Try once more later."


def make(pk: int) -> None:
    """Make the file of a waiting export. Does nothing to one that somebody else makes, or has made."""
    export = _claim(pk)
    if export is None:
        return
    try:
        content = file_of(export.postmortem, export.format, report=_reporter(export))
    except NotRenderable as refusal:
        _end(export, Status.FAILED, problem=" ".join(refusal.reasons))
        return
    except Exception:
        # Said once, here, so that the person need not wait for the sweeper; the traceback goes to the log.
        _end(export, Status.QUEUED if export.attempt_count < MOST_ATTEMPTS else Status.FAILED, problem=GAVE_UP)
        raise
    _end(export, Status.READY, content=content)


def file_of(postmortem: Postmortem, format: str, *, report: Report) -> bytes:
    """The file, as of now. Raises NotRenderable."""
    report(5, "Reading the post-mortem")
    address = f"{settings.SITE_URL}{postmortem.get_absolute_url()}"
    document = document_of(postmortem, at=timezone.now(), address=address)
    if format == Export.Format.PDF:
        return as_pdf(document, report=report)
    plain: dict[str, Callable[[Document], bytes]] = {Export.Format.MARKDOWN: as_markdown, Export.Format.JSON: as_json}
    return plain[format](document)


@transaction.atomic
def _claim(pk: int) -> Export | None:
    rows = Export.objects.select_for_update(of=("self",), skip_locked=True)
    export = rows.filter(pk=pk, status=Status.QUEUED).first()
    if export is None:
        return None
    export.status = Status.RUNNING
    export.attempt_count += 1
    export.step, export.percent, export.problem = "Starting", 0, ""
    export.save(update_fields=["status", "attempt_count", "step", "percent", "problem", "updated_at"])
    return export


def _reporter(export: Export) -> Report:
    """Writes the progress to the row: the last word of each moment, not each page of a hundred."""
    written_at = 0.0

    def report(percent: int, step: str) -> None:
        nonlocal written_at
        if time.monotonic() - written_at < SECONDS_BETWEEN_REPORTS:
            return
        written_at = time.monotonic()
        _mine(export).update(percent=percent, step=step[:120], updated_at=timezone.now())

    return report


def _end(export: Export, status: Status, *, problem: str = "", content: bytes | None = None) -> None:
    is_ready = status == Status.READY
    _mine(export).update(
        status=status, content=content, problem=problem if status == Status.FAILED else "",
        step="", percent=100 if is_ready else 0, updated_at=timezone.now(),
    )  # fmt: skip


def _mine(export: Export) -> QuerySet[Export]:
    """The row, unless it was taken away as lost and is made by somebody else by now."""
    return Export.objects.filter(pk=export.pk, status=Status.RUNNING, attempt_count=export.attempt_count)


@transaction.atomic
def take_back_lost() -> list[int]:
    """The exports to queue again: whose message or worker got lost. Those tried too often end, with a sentence."""
    now = timezone.now()
    lost = Export.objects.select_for_update(skip_locked=True).filter(
        status=Status.RUNNING, updated_at__lt=now - LOST_AFTER
    )
    tried: list[int] = []
    over: list[int] = []
    for export in lost:
        (over if export.attempt_count >= MOST_ATTEMPTS else tried).append(export.pk)
    Export.objects.filter(pk__in=over).update(status=Status.FAILED, problem=GAVE_UP, step="", percent=0)
    # Their last sign of life stays as old as it is, so that they are picked up below.
    Export.objects.filter(pk__in=tried).update(status=Status.QUEUED, step="", percent=0)
    waiting = Export.objects.select_for_update(skip_locked=True).filter(
        status=Status.QUEUED, updated_at__lt=now - QUEUED_FOR_LONG
    )
    keys = [export.pk for export in waiting]
    Export.objects.filter(pk__in=keys).update(updated_at=now)
    return keys


def remove_old() -> int:
    """An export is a copy for one person's hand: after a week it is gone, and a new one is a press away."""
    removed, _ = Export.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return removed
