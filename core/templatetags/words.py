"""Filters that turn values into what a person reads."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString

from core.dates import in_words
from core.embeds import NOWHERE, Surroundings
from core.markdown import render_markdown

register = template.Library()


@register.filter
def markdown(text: str, around: Surroundings = NOWHERE) -> SafeString:
    """`around` is what is known where the text stands: people, files, values."""
    return render_markdown(text or "", around)


@register.filter
def as_json(value: Any) -> str:
    """For a `data-` attribute that a script reads."""
    return json.dumps(value, separators=(",", ":"))


@register.filter
def duration(value: timedelta | None) -> str:
    """`1 h 5 min`; an unknown one says so."""
    return "unknown" if value is None else in_words(value)


@register.filter
def iso(value: datetime | None) -> str:
    """The instant in UTC, for a `datetime` attribute."""
    return value.astimezone(UTC).isoformat() if value else ""
