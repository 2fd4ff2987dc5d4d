"""Filters that components use to look right; what they say is decided elsewhere."""

import zlib
from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from core import build

register = template.Library()
PERSON_COLORS = 8


@register.filter
def person_color(person: object) -> int:
    """The number of a person's colour, 1 to 8: the same on every page and in everyone's browser."""
    key = getattr(person, "pk", None)
    return (key if isinstance(key, int) else zlib.crc32(str(person).encode())) % PERSON_COLORS + 1


@register.filter
def in_utc(at: datetime) -> bool:
    """Whether the reader's clock showed UTC then, so that saying it twice would be noise."""
    return timezone.localtime(at).utcoffset() == timedelta(0)


@register.simple_tag
def build_id() -> str:
    return build.build_id()
