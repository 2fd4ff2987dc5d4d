"""Pages that belong to no app: errors, the catalogue of components, reports of the browser."""

import json
import logging
import sys
from random import randint

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.rows import is_row_edit, row_refused
from core.style_samples import samples

logger = logging.getLogger(__name__)
LONGEST_REPORT = 8192


@login_not_required
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    return render(request, "style.html", samples())


@require_safe
def lateness(request: HttpRequest) -> HttpResponse:
    """The notice above a page that others' changes may arrive late; empty when they do not."""
    return render(request, "_lateness.html")


@login_not_required
@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser says that a page broke the content security policy: a bug of ours, or an attack on a reader."""
    body = request.read(LONGEST_REPORT)
    try:
        report = json.loads(body)
    except (ValueError, RecursionError):  # the latter for brackets in brackets in brackets
        return HttpResponse("The report is not JSON.", status=400, content_type="text/plain")
    logger.warning("content security policy violated: %s", json.dumps(report)[:LONGEST_REPORT])
    return HttpResponse(status=204)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_row_edit(request):
        return row_refused([str(exception) or "Your role does not include it; nothing was changed."], status=403)
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: whatever failed, these pages ask neither session nor database.
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        # Whoever only reads need not press anything; a form that was sent stays for its person to send again.
        again = randint(2, 5) if request.method == "GET" else None  # noqa: S311 - so that not all come in one moment
        page = loader.get_template("503.html").render({"again_in_seconds": again})
        return HttpResponse(page, status=503, headers={"Retry-After": "2"})
    return HttpResponse(loader.get_template("500.html").render(), status=500)
