"""Filters of the printed post-mortem."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import template

from postmortems.exporting import sandbox, words

register = template.Library()


@register.filter
def direction(text: str) -> str:
    """For a `dir` attribute: the renderer does not know `auto`."""
    return words.direction_of(str(text))


@register.filter
def cut(text: str, limit: int) -> str:
    return words.cut(str(text), limit)


@register.filter
def clock(at: datetime) -> str:
    """In the zone that the value already has; seconds only where somebody noted them."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


@register.filter
def place(zone: object) -> str:
    """`Europe/Berlin` is `Berlin` at the head of a narrow column."""
    return str(zone).rpartition("/")[2].replace("_", " ")


@register.filter
def chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return words.chunks(rows)


@register.simple_tag
def pdf_problem() -> str:
    """Why this server makes no PDFs; empty when it does."""
    return sandbox.pdf_problem()
