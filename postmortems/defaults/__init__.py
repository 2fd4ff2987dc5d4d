"""The templates that a new organisation starts with, in our own words: one file each, beside this one.

What an installation has from here follows us until somebody there edits it; from then on it is theirs.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from postmortems.models import AgendaItem, Template, TemplateSection
from postmortems.versions import keep_version

FOLDER = Path(__file__).parent
ABOUT = ["name", "description", "kinds", "severities"]


@cache
def offered() -> dict[str, dict[str, Any]]:
    """What the files say, by the key that their names give."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}


def install_templates() -> int:
    """Make the templates that are missing and bring those up to date that nobody edited; says how many it touched."""
    return sum(_install(key, told) for key, told in offered().items())


@transaction.atomic
def _install(key: str, told: Mapping[str, Any]) -> bool:
    template = Template.objects.select_for_update().filter(default_key=key).first()
    if template is None:
        if Template.objects.filter(name=told["name"]).exists():
            return False  # Somebody here has one of this name: it stays theirs.
        template = Template(default_key=key, position=told["position"])
    elif template.is_edited:
        return False
    before = template.versions.count() if template.pk else 0
    _write(template, told)
    return keep_version(template, by=None).number != before


def _write(template: Template, told: Mapping[str, Any]) -> None:
    asks = told.get("asks", {})
    for name in ABOUT:
        setattr(template, name, told.get(name, []))
    template.asked_instants, template.asked_numbers = asks.get("instants", []), asks.get("numbers", [])
    template.save()
    template.sections.all().delete()
    TemplateSection.objects.bulk_create(
        TemplateSection(
            template=template, key=one["key"], title=one["title"], role=one.get("role", "other"),
            guidance=one["guidance"], prompts="\n".join(one.get("prompts", [])), body=one.get("body", ""),
            is_required=one.get("required", False), position=10 * place,
        )
        for place, one in enumerate(told["sections"], start=1)
    )  # fmt: skip
    template.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(template=template, title=one["title"], note=one["note"], position=10 * place, **_minutes(one))
        for place, one in enumerate(told["agenda"], start=1)
    )


def _minutes(told: Mapping[str, Any]) -> dict[str, int]:
    return {f"sev{severity}_minutes": minutes for severity, minutes in enumerate(told["minutes"], start=1)}
