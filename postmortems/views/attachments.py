"""Files beside the document: brought by the editor or by a plain form, served to those who may see the post-mortem."""

from typing import Any
from urllib.parse import quote

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from people.requests import SignedInRequest
from postmortems.commands import attach_file
from postmortems.forms import AttachForm
from postmortems.models import Attachment, Postmortem
from postmortems.permissions import can_write
from postmortems.views.finding import find, find_to_write


@require_http_methods(["GET", "HEAD", "POST"])
def attachments(request: SignedInRequest, number: int) -> HttpResponse:
    """What is attached, and a form for one file more. The editor asks for both as JSON."""
    if request.method != "POST":
        postmortem = find(request, number)
        return _list_for_editor(postmortem) if _asks_for_json(request) else _page(request, postmortem, AttachForm())
    postmortem = find_to_write(request, number)
    form = AttachForm(request.POST, request.FILES)
    attachment = _attached(request, postmortem, form)
    if _asks_for_json(request):
        return _answer_to_editor(postmortem, form, attachment)
    if attachment is None:
        return _page(request, postmortem, form, status=422)
    messages.success(request, f"“{attachment}” is attached. To show it, put {attachment.markdown} into the text.")
    return redirect("postmortems:attachments", number)


def _asks_for_json(request: SignedInRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _attached(request: SignedInRequest, postmortem: Postmortem, form: AttachForm) -> Attachment | None:
    """None, with the reason in the form, when it cannot be kept."""
    if not form.is_valid():
        return None
    try:
        return attach_file(postmortem, form.cleaned_data["file"], by=request.user)
    except DomainError as refusal:
        form.add_error("file", " ".join(refusal.reasons))
        return None


def _page(request: SignedInRequest, postmortem: Postmortem, form: AttachForm, *, status: int = 200) -> HttpResponse:
    rows = Attachment.objects.described().filter(postmortem=postmortem).select_related("uploaded_by")
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "attachments": [(row, row.address_in(postmortem.number)) for row in rows],
        "form": form,
        "can_write": can_write(request.user, postmortem),
    }
    return render(request, "postmortems/attachments.html", context, status=status)


def _list_for_editor(postmortem: Postmortem) -> HttpResponse:
    rows = Attachment.objects.described().filter(postmortem=postmortem)
    return JsonResponse({"attachments": [_told(row, postmortem) for row in rows]})


def _answer_to_editor(postmortem: Postmortem, form: AttachForm, attachment: Attachment | None) -> HttpResponse:
    if attachment is None:
        return JsonResponse({"problems": [str(problem) for problem in form.errors.get("file", [])]}, status=422)
    return JsonResponse(_told(attachment, postmortem), status=201)


def _told(attachment: Attachment, postmortem: Postmortem) -> dict[str, Any]:
    return {
        "id": attachment.pk,
        "name": attachment.name,
        "address": attachment.address_in(postmortem.number),
        "markdown": attachment.markdown,
        "is_picture": attachment.is_picture,
        "width": attachment.width,
        "height": attachment.height,
        "note": attachment.note,
        "first_line": attachment.first_line,
    }


@require_safe
@csp_update({"sandbox": True})
def attachment(request: SignedInRequest, number: int, pk: int, file_name: str) -> HttpResponseBase:
    """The file itself. A browser keeps it, and asks each time whether it may still show it."""
    postmortem = find(request, number)
    row = get_object_or_404(Attachment.objects.described().filter(postmortem=postmortem), pk=pk, name=file_name)
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"{'inline' if row.is_picture else 'attachment'}; filename*=UTF-8''{quote(row.name, safe='')}",
        "ETag": f'"{row.sha256}"',
        "X-Content-Type-Options": "nosniff",
    }
    fresh = get_conditional_response(request, etag=headers["ETag"])
    if fresh is not None:
        response: HttpResponseBase = fresh
    else:
        kind = row.kind if row.is_picture else "text/plain; charset=utf-8"
        response = HttpResponse(bytes(row.content), content_type=kind)
    for name, value in headers.items():
        response.headers[name] = value
    return response
