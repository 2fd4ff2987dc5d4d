"""Comments: one part that everyone's page fetches anew, and the forms that write them."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import is_htmx, part_or_redirect
from people.requests import SignedInRequest
from postmortems import discussion
from postmortems.commands import (
    edit_comment,
    open_thread,
    reopen_thread,
    reply,
    resolve_thread,
    withdraw_comment,
)
from postmortems.comment_forms import CommentForm, ThreadForm
from postmortems.errors import NotMovable, PassageNotFound
from postmortems.models import Comment, Postmortem, Thread
from postmortems.permissions import can_comment, can_edit_comment, can_resolve
from postmortems.views.finding import find

CLOSED = "This post-mortem is closed: reopen it first."


@require_safe
def comments(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    context = comments_context(request, postmortem)
    return part_or_redirect(
        request, "postmortems/_comments.html", context, to=f"{postmortem.get_absolute_url()}#comments"
    )


def comments_context(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    """`show` and `keep` come from the page's own requests, `thread` from a link to one."""
    asked = request.GET.get("show") or request.GET.get("comments") or ""
    show = asked if asked in discussion.SHOWS else discussion.OPEN
    keep = [int(word) for word in request.GET.get("keep", "").split(",")[:50] if _is_number(word)]
    linked = request.GET.get("thread", "")
    opened = int(linked) if _is_number(linked) else None
    talk = discussion.discussion_of(postmortem, request.user, show=show, keep=keep, opened=opened)
    return {"postmortem": postmortem, "incident": postmortem.incident, "discussion": talk}


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 9


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, number: int) -> HttpResponse:
    """Open a thread, from the composer beside the text or from a page of its own."""
    postmortem = find(request, number)
    if not can_comment(request.user, postmortem):
        raise PermissionDenied(CLOSED)
    if request.method != "POST":
        form = ThreadForm(postmortem=postmortem, initial={"section": request.GET.get("section", "")})
        return _add_form(request, postmortem, form)
    form = ThreadForm(request.POST, postmortem=postmortem)
    thread = _opened(request, form) if form.is_valid() else None
    if thread is None:
        return _add_form(request, postmortem, form, status=422)
    if not is_htmx(request):
        messages.success(request, "Your comment is there for everyone to see.")
        return redirect(thread)
    news = {"commentAdded": {"thread": thread.pk}, "commentsChanged": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(news)})


def _opened(request: SignedInRequest, form: ThreadForm) -> Thread | None:
    facts = form.cleaned_data
    try:
        return open_thread(
            facts["section"], by=request.user, text=facts["text"], quote=facts["quote"], anchor=facts["anchor"]
        )
    except (PassageNotFound, NotMovable) as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return None


def _add_form(request: SignedInRequest, postmortem: Postmortem, form: ThreadForm, *, status: int = 200) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "form": form}
    template = "postmortems/_comment_add.html" if is_htmx(request) else "postmortems/comment_add.html"
    return render(request, template, context, status=status)


@require_POST
def add_reply(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    thread = _thread(request, number, pk)
    if not can_comment(request.user, thread.postmortem):
        raise PermissionDenied(CLOSED)
    form, status = CommentForm(request.POST, auto_id=f"reply-{thread.pk}-%s"), 422
    if form.is_valid():
        try:
            reply(thread, by=request.user, text=form.cleaned_data["text"])
            form, status = CommentForm(auto_id=f"reply-{thread.pk}-%s"), 200
        except NotMovable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    if not is_htmx(request) and status == 200:
        return redirect(thread)
    context = {"postmortem": thread.postmortem, "incident": thread.postmortem.incident, "thread": thread, "form": form}
    template = "postmortems/_reply.html" if is_htmx(request) else "postmortems/reply.html"
    response = render(request, template, {**context, "focus": True}, status=status)
    if status == 200:
        response.headers["HX-Trigger"] = "commentsChanged"
    return response


@require_POST
def resolve(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    thread = _thread(request, number, pk)
    if not can_resolve(request.user, thread):
        raise PermissionDenied(CLOSED if thread.postmortem.is_closed else "")
    return _step(request, thread, lambda: resolve_thread(thread, by=request.user))


@require_POST
def reopen(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    thread = _thread(request, number, pk)
    if not can_resolve(request.user, thread):
        raise PermissionDenied(CLOSED if thread.postmortem.is_closed else "")
    return _step(request, thread, lambda: reopen_thread(thread, by=request.user))


def _step(request: SignedInRequest, thread: Thread, take: Any) -> HttpResponse:
    try:
        take()
    except NotMovable as refusal:
        messages.error(request, " ".join(refusal.reasons))
    return _done(request, thread)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    comment = _own_comment(request, number, pk)
    form, status = CommentForm(initial={"text": comment.text}, auto_id="edit-%s"), 200
    if request.method == "POST":
        form, status = CommentForm(request.POST, auto_id="edit-%s"), 422
        if form.is_valid():
            try:
                edit_comment(comment, by=request.user, text=form.cleaned_data["text"])
                return _done(request, comment.thread)
            except NotMovable as refusal:
                form.add_error(None, " ".join(refusal.reasons))
    template = "postmortems/_comment_edit.html" if is_htmx(request) else "postmortems/comment_edit.html"
    return render(request, template, {**_about(comment), "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """GET asks whether it is meant, for those without a script; POST withdraws."""
    comment = _own_comment(request, number, pk)
    if request.method != "POST":
        return render(request, "postmortems/comment_withdraw.html", _about(comment))
    try:
        withdraw_comment(comment, by=request.user)
    except NotMovable as refusal:
        messages.error(request, " ".join(refusal.reasons))
    return _done(request, comment.thread)


def _thread(request: SignedInRequest, number: int, pk: int) -> Thread:
    postmortem = find(request, number)
    thread = get_object_or_404(postmortem.threads.select_related("section"), pk=pk)
    thread.postmortem = postmortem
    return thread


def _own_comment(request: SignedInRequest, number: int, pk: int) -> Comment:
    postmortem = find(request, number)
    rows = Comment.objects.filter(thread__postmortem=postmortem).select_related("thread__section", "author")
    comment = get_object_or_404(rows, pk=pk)
    comment.thread.postmortem = postmortem
    if not can_edit_comment(request.user, comment):
        raise PermissionDenied
    if not can_comment(request.user, postmortem):
        raise PermissionDenied(CLOSED)
    return comment


def _about(comment: Comment) -> dict[str, Any]:
    postmortem = comment.thread.postmortem
    return {"postmortem": postmortem, "incident": postmortem.incident, "comment": comment}


def _done(request: SignedInRequest, thread: Thread) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "dialogDone, commentsChanged"})
    return redirect(thread)
