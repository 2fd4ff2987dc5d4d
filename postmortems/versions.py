"""Versions of templates: one for every change, so that a running post-mortem can say what it began with."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django.db import transaction

from incidents.impact import label_of
from incidents.models import Incident, Severity
from people.models import User
from people.record import put_on_record
from postmortems.models import AgendaItem, SectionRole, Template, TemplateSection, TemplateVersion

LONGEST_NAME = 120
KEPT_OF_A_SECTION = ["key", "title", "role", "guidance", "prompts", "body", "is_required"]


@transaction.atomic
def keep_version(template: Template, *, by: User | None) -> TemplateVersion:
    """The version that says what the template says now: the latest if nothing has changed since, else a new one.

    `by` is who changed it; None is Debrief itself. Its place in the list, and whether it is offered, make no version.
    """
    template = Template.objects.select_for_update().get(pk=template.pk)
    content = content_of(template)
    latest = template.versions.first()
    if latest is not None and latest.content == content:
        return latest
    number = latest.number + 1 if latest else 1
    return TemplateVersion.objects.create(template=template, number=number, content=content, by=by)


def latest_number(template: Template) -> int | None:
    """None for one that no post-mortem has begun with yet."""
    return template.versions.values_list("number", flat=True).first()


def content_of(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "description": template.description,
        "kinds": list(template.kinds),
        "severities": list(template.severities),
        "asked_instants": list(template.asked_instants),
        "asked_numbers": list(template.asked_numbers),
        "sections": [
            {name: getattr(section, name) for name in KEPT_OF_A_SECTION} for section in template.sections.all()
        ],
        "agenda": [
            {
                "title": item.title,
                "note": item.note,
                "minutes": [item.sev1_minutes, item.sev2_minutes, item.sev3_minutes, item.sev4_minutes],
            }
            for item in template.agenda.all()
        ],
    }


@transaction.atomic
def copy_template(template: Template, *, by: User) -> Template:
    """A copy with a name of its own. It is not offered yet: somebody will want to edit it first."""
    copy = Template.objects.create(
        name=_free_name(template.name),
        description=template.description,
        kinds=template.kinds,
        severities=template.severities,
        asked_instants=template.asked_instants,
        asked_numbers=template.asked_numbers,
        position=template.position + 1,
        is_offered=False,
    )
    for section in template.sections.all():
        _save_as_new(section, template=copy)
    for item in template.agenda.all():
        _save_as_new(item, template=copy)
    put_on_record(copy, "template.copied", by=by, template=template.name)
    keep_version(copy, by=by)
    return copy


def _save_as_new(row: TemplateSection | AgendaItem, *, template: Template) -> None:
    row.pk, row.template, row._state.adding = None, template, True
    row.save()


def _free_name(name: str) -> str:
    taken = set(Template.objects.values_list("name", flat=True))
    numbered = (f" ({number})" if number > 1 else "" for number in count(1))
    return next(
        copied for end in numbered if (copied := f"Copy of {name}"[: LONGEST_NAME - len(end)] + end) not in taken
    )


def as_text(version: TemplateVersion) -> str:
    """A version as lines that two versions can be compared by."""
    content = version.content
    lines = [content["name"], content["description"], f"For {fits_in_words(content['kinds'], content['severities'])}"]
    asked = [instant_label(name) for name in version.asked_instants] + [
        label_of(name) for name in version.asked_numbers
    ]
    lines.append(f"Review asks for: {', '.join(asked) or 'no figure'}")
    for section in version.sections:
        required = ", required" if section.is_required else ""
        lines += ["", f"{section.title} ({SectionRole(section.role).label}{required})", section.guidance]
        lines += [f"? {question}" for question in section.questions]
        lines += [f"> {line}" for line in section.body.strip().splitlines()]
    lines.append("")
    for item in content["agenda"]:
        lines.append(f"Agenda: {item['title']} ({' / '.join(map(str, item['minutes']))} min): {item['note']}")
    return "\n".join(lines)


def fits_in_words(kinds: Iterable[str], severities: Iterable[int]) -> str:
    kinds_named = [Incident.Kind(kind).label for kind in kinds] or ["every kind"]
    severities_named = [Severity(severity).label for severity in severities] or ["every severity"]
    return f"{', '.join(kinds_named)}; {', '.join(severities_named)}"


def instant_label(name: str) -> str:
    return str(Incident._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
