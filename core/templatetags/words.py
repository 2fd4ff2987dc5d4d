"""Filters that turn values into what a person reads."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html, urlize
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
def host(address: str) -> str:
    """`grafana.example` of a link; what is no link stays as it is."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return parts.hostname or address if parts.scheme in ("http", "https") else address


@register.filter(is_safe=True)
def evidence(source: str) -> SafeString:
    """A link shows its host and leads to all of it; links inside of other words stay whole."""
    name = host(source)
    if name == source or " " in source:
        return SafeString(urlize(source, nofollow=True, autoescape=True))
    return format_html('<a href="{}" rel="nofollow" title="{}">{}</a>', source, source, name)


@register.filter
def span(value: timedelta) -> str:
    """A duration by whole minutes: of days and hours nobody wants to read the seconds."""
    return in_words(value - value % timedelta(minutes=1)) if value >= timedelta(minutes=1) else "less than a minute"


@register.filter
def iso(value: datetime | None) -> str:
    """The instant in UTC, for a `datetime` attribute."""
    return value.astimezone(UTC).isoformat() if value else ""
