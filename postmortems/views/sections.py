"""Writing a section without a script: a plain form whose answer is merged into the shared text."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.htmx import part_or_redirect
from live.commands import read, text_of
from live.errors import VersionTooOld
from people.models import User
from people.requests import SignedInRequest
from postmortems.commands import write_section, write_section_with_file
from postmortems.errors import NotAttachable, NotMovable
from postmortems.forms import SectionForm
from postmortems.hints import guide_for, vague_in, words_in
from postmortems.models import Postmortem, Section
from postmortems.views.finding import find, find_to_write


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    section = get_object_or_404(postmortem.sections, pk=pk)
    if request.method != "POST":
        reading = read(postmortem.room)
        form = SectionForm(initial={"text": reading.texts[section.key], "version": reading.version})
        return _page(request, postmortem, section, form)
    form = SectionForm(request.POST, request.FILES)
    if not form.is_valid() or (text := _kept(section, form, by=request.user)) is None:
        return _page(request, postmortem, section, form, status=422)
    _say_what_was_kept(request, postmortem, section, text)
    return redirect(f"{postmortem.get_absolute_url()}?mode=write#{section.anchor}")


@require_safe
def hints(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """The words of a section that a number would say better, looked for again while people write."""
    postmortem = find(request, number)
    section = get_object_or_404(postmortem.sections, pk=pk)
    vague = vague_in(section, text_of(postmortem.room, section.key))
    context = {"section": section, "number": number, "vague": vague}
    return part_or_redirect(request, "postmortems/_section_hints.html", context, to=postmortem)


def _kept(section: Section, form: SectionForm, *, by: User) -> str | None:
    """Merge what was written into what others wrote since; None, with the reason in the form, if it cannot be."""
    text, base, file = (form.cleaned_data[name] for name in ("text", "version", "file"))
    try:
        if file:
            return write_section_with_file(section, text, file, base_version=base, by=by)
        write_section(section, text, base_version=base, by=by)
    except NotAttachable as refusal:
        form.add_error("file", " ".join(refusal.reasons))
    except (VersionTooOld, NotMovable) as refusal:
        form.add_error("text", " ".join(refusal.reasons))
    return text if form.is_valid() else None


def _say_what_was_kept(request: SignedInRequest, postmortem: Postmortem, section: Section, wanted: str) -> None:
    if text_of(postmortem.room, section.key) == wanted:
        messages.success(request, f"“{section.title}” is saved.")
    else:
        messages.warning(
            request, f"Somebody else wrote in “{section.title}” meanwhile. Both texts were kept: please look."
        )


def _page(
    request: SignedInRequest, postmortem: Postmortem, section: Section, form: SectionForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "section": section,
        "form": form,
        "guide": guide_for(section, postmortem.incident),
        "vague": words_in(section, form["text"].value() or ""),
    }
    return render(request, "postmortems/section_edit.html", context, status=status)
