"""Filters that turn values into what a person reads."""

from datetime import UTC, datetime, timedelta

from django import template
from django.utils.safestring import SafeString

from core.dates import in_words
from core.markdown import render_markdown

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return render_markdown(text or "")


@register.filter
def duration(value: timedelta | None) -> str:
    """`1 h 5 min`; an unknown one says so."""
    return "unknown" if value is None else in_words(value)


@register.filter
def iso(value: datetime | None) -> str:
    """The instant in UTC, for a `datetime` attribute."""
    return value.astimezone(UTC).isoformat() if value else ""
