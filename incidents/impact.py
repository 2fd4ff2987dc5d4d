"""The impact of an incident as figures in words: what is known, what is asked of its kind, what nobody can know."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.text import capfirst

from incidents.guidance import guidance_for
from incidents.models import Impact

UNKNOWN = "unknown"
UNKNOWABLE = "cannot be known"
FigureValue = int | Decimal | bool | str | None


class Group(StrEnum):
    CUSTOMERS = "Customers"
    BUSINESS = "Business"
    TECHNICAL = "Technical"


@dataclass(frozen=True)
class Figure:
    """One figure of an impact. `value` is None while it is unknown, and `text` then says so."""

    name: str
    label: str
    group: Group
    value: FigureValue
    text: str
    is_asked: bool

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def as_heading(self) -> str:
        """With a capital where it begins a line; names of systems are left as they are written."""
        return self.text if isinstance(self.value, str) and self.name != "experience" else capfirst(self.text)


InWords = Callable[[Any, Impact], str]


def _count(value: int, impact: Impact) -> str:
    return f"{value:,}"


def _number(value: Decimal, impact: Impact) -> str:
    return f"{value.normalize():,f}"


def _share(value: Decimal, impact: Impact) -> str:
    return f"{value.normalize():f} %"


def _money(value: Decimal, impact: Impact) -> str:
    return (
        f"{impact.currency} {value:,.0f}" if value == value.to_integral_value() else f"{impact.currency} {value:,.2f}"
    )


def _claim(value: bool, impact: Impact) -> str:
    return "yes" if value else "no"


def _words(value: str, impact: Impact) -> str:
    return value


def _experience(value: str, impact: Impact) -> str:
    return impact.get_experience_display()


def _change(value: Decimal, impact: Impact) -> str:
    return f"{value.normalize():+f}" if value else "0"


CUSTOMERS, BUSINESS, TECHNICAL = Group.CUSTOMERS, Group.BUSINESS, Group.TECHNICAL
# In the order in which people ask. The label of a figure is that of its column, unless the value says its unit itself.
FIGURES: dict[str, tuple[Group, InWords, str]] = {
    "users_affected_count": (CUSTOMERS, _count, ""),
    "users_affected_percent": (CUSTOMERS, _share, "share of users"),
    "experience": (CUSTOMERS, _experience, ""),
    "failed_requests_count": (CUSTOMERS, _count, ""),
    "support_tickets_count": (CUSTOMERS, _count, ""),
    "customers_lost_count": (CUSTOMERS, _count, ""),
    "nps_change": (CUSTOMERS, _change, ""),
    "revenue_lost": (BUSINESS, _money, ""),
    "yearly_revenue_lost": (BUSINESS, _money, ""),
    "is_sla_breached": (BUSINESS, _claim, ""),
    "sla_credits": (BUSINESS, _money, ""),
    "escalations_count": (BUSINESS, _count, ""),
    "media_reports_count": (BUSINESS, _count, ""),
    "is_reportable": (BUSINESS, _claim, ""),
    "response_hours": (BUSINESS, _number, ""),
    "follow_up_hours": (BUSINESS, _number, ""),
    "wasted_hours": (BUSINESS, _number, ""),
    "delay_days": (BUSINESS, _number, ""),
    "systems": (TECHNICAL, _words, ""),
    "is_data_lost": (TECHNICAL, _claim, ""),
    "is_data_exposed": (TECHNICAL, _claim, ""),
    "records_affected_count": (TECHNICAL, _count, ""),
    "downstream": (TECHNICAL, _words, ""),
}


def label_of(name: str) -> str:
    return FIGURES[name][2] or str(Impact._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def figures_of(impact: Impact) -> list[Figure]:
    """All of them, known or not."""
    asked = set(guidance_for(impact.incident).numbers) - _answered(impact)
    return [_figure(impact, name, is_asked=name in asked) for name in FIGURES]


def _answered(impact: Impact) -> set[str]:
    """What nobody need be asked any more: where nobody was hit there is no share of users, and no more to say of it."""
    of_nobody = {"users_affected_percent", "experience"} if impact.users_affected_count == 0 else set()
    without_breach = {"sla_credits"} if impact.is_sla_breached is False else set()
    return of_nobody | without_breach


def _figure(impact: Impact, name: str, *, is_asked: bool) -> Figure:
    group, in_words, _ = FIGURES[name]
    if not impact.is_known(name):
        text = UNKNOWABLE if name in impact.unknowable else UNKNOWN
        return Figure(name, label_of(name), group, None, text, is_asked)
    value = getattr(impact, name)
    return Figure(name, label_of(name), group, value, in_words(value, impact), is_asked)


@dataclass(frozen=True)
class FigureGroup:
    group: Group
    figures: list[Figure]


@dataclass(frozen=True)
class Shown:
    """What a page shows of an impact: what is known, and of the rest what incidents of its kind are asked for."""

    groups: list[FigureGroup]
    experience_in_words: str

    @property
    def figures(self) -> list[Figure]:
        return [figure for group in self.groups for figure in group.figures]

    @property
    def known_count(self) -> int:
        return sum(figure.is_known for figure in self.figures)

    @property
    def tally(self) -> str:
        return f"{self.known_count} of {len(self.figures)} known"


def shown_of(impact: Impact) -> Shown:
    said = {name for name in FIGURES if name in impact.unknowable}
    figures = [figure for figure in figures_of(impact) if figure.is_known or figure.is_asked or figure.name in said]
    groups = [FigureGroup(group, [figure for figure in figures if figure.group is group]) for group in Group]
    return Shown([group for group in groups if group.figures], impact.user_experience)
