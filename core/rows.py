"""Answers to a row that is edited in its place: it shows by itself, at the field, what became of a change."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, JsonResponse

from core.edits import EditConflict
from core.forms import MergingForm


def is_row_edit(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def problems_of(form: forms.Form) -> list[str]:
    return [str(problem) for problems in form.errors.values() for problem in problems]


def row_refused(problems: Iterable[str], *, status: int = 422, **more: Any) -> JsonResponse:
    return JsonResponse({"problems": list(problems), **more}, status=status)


def row_conflict(form: MergingForm, conflict: EditConflict, *, by: str) -> JsonResponse:
    """What stands there now, raw and in words, and who wrote it: the person chooses between theirs and their own."""
    ((name, theirs),) = conflict.theirs.items()
    told = {"value": _raw(theirs), "words": form.in_words(name, theirs), "by": by}
    return JsonResponse({"conflict": told}, status=409)


def _raw(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value.pk if isinstance(value, Model) else value)
