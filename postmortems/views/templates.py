"""The page of a template: what it makes of a post-mortem, and how it came to be so."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from incidents.models import Severity, SeverityPolicy
from people.requests import SignedInRequest
from postmortems.history.comparing import section_difference
from postmortems.models import Template, TemplateVersion
from postmortems.versions import as_text, content_of, fits_in_words

MOST_VERSIONS = 50


@require_safe
def template(request: SignedInRequest, template: int) -> HttpResponse:
    """One version, by default the latest, and with `?against=` what differs from another."""
    row = get_object_or_404(Template, pk=template)
    versions = list(row.versions.select_related("by")[:MOST_VERSIONS])
    version = _numbered(row, request.GET.get("version")) or _now(row, versions)
    against = _numbered(row, request.GET.get("against"))
    context = {
        "template": row,
        "version": version,
        "versions": versions,
        "latest": versions[0] if versions else version,
        "against": against,
        "difference": section_difference("template", "", as_text(against), as_text(version)) if against else None,
        **preview_context(version),
    }
    return render(request, "postmortems/template.html", context)


def _numbered(template: Template, number: str | None) -> TemplateVersion | None:
    if not number:
        return None
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    return get_object_or_404(template.versions.select_related("by"), number=int(number))


def _now(template: Template, versions: list[TemplateVersion]) -> TemplateVersion:
    """What it says now; a template that nobody has used since it was made has no version yet."""
    return versions[0] if versions else TemplateVersion(template=template, number=1, content=content_of(template))


@dataclass(frozen=True)
class AgendaRow:
    title: str
    note: str
    minutes: list[int]


def preview_context(version: TemplateVersion) -> dict[str, Any]:
    """What a page needs to show what a version makes of a post-mortem."""
    content = version.content
    rows = [AgendaRow(item["title"], item["note"], item["minutes"]) for item in content["agenda"]]
    booked = dict(SeverityPolicy.objects.values_list("severity", "meeting_minutes"))
    return {
        "fits": fits_in_words(content["kinds"], content["severities"]),
        "agenda_rows": rows,
        "severities": [severity.label for severity in Severity],
        "sums": [sum(row.minutes[severity - 1] for row in rows) for severity in Severity],
        "booked": [booked.get(severity) for severity in Severity],
    }
