"""Versions of templates: one for every change, so that a running post-mortem can say what it began with."""

from typing import Any

from django.db import transaction

from people.models import User
from postmortems.models import Template, TemplateVersion

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
