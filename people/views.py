from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.absences import end_absence, note_absence
from people.choosing import pool_at, suggested
from people.forms import AbsenceForm, MailsForm, ProfileForm
from people.models import User
from people.requests import SignedInRequest
from people.topics import choose_mails, read_stop_address, stop_topic

LONGEST_QUERY = 100


@require_safe
def suggest(request: SignedInRequest, place: str, number: int | None = None) -> HttpResponse:
    """Whom one may choose there, for what is typed as `q`; nobody but the signed in may ask."""
    pool = pool_at(place, request.user, number)
    return JsonResponse({"found": suggested(pool, request.GET.get("q", "")[:LONGEST_QUERY], reader=request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    # A row of its own: a refused name must not show in the header as if it were saved.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        form.save()
        messages.success(request, "Your name and time zone are saved.")
        return redirect("people:profile")
    return render(request, "people/profile.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: SignedInRequest) -> HttpResponse:
    form = MailsForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid():
        choose_mails(request.user, wanted=form.wanted)
        messages.success(request, "Your choice is saved.")
        return redirect("people:mails")
    return render(request, "people/mails.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def away(request: SignedInRequest) -> HttpResponse:
    """When the reader is away: what is noted, and one more."""
    form = AbsenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        note_absence(request.user, by=request.user, **form.cleaned_data)
        messages.success(
            request, "Noted. Your actions keep their dates; your team lead hears of them each week meanwhile."
        )
        return redirect("people:away")
    absences = request.user.absences.not_over(timezone.localdate())
    context = {"form": form, "absences": absences, "today": timezone.localdate()}
    return render(request, "people/away.html", context, status=422 if form.is_bound else 200)


@require_POST
def come_back(request: SignedInRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(request.user.absences.not_over(timezone.localdate()), pk=pk)
    end_absence(absence, by=request.user)
    messages.success(request, "Taken away: you are there.")
    return redirect("people:away")


# Mail programs post here on their own, without a session or a token of a form: the address itself is the key.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, for programs that look for viruses open every link; posting unsubscribes."""
    found = read_stop_address(token)
    if found is None:
        raise Http404
    person, topic = found
    if request.method == "POST":
        stop_topic(person, topic.key)
    context = {"person": person, "topic": topic, "is_stopped": request.method == "POST"}
    response = render(request, "people/stop_mail.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
