"""Being away: noted ahead, and ended by coming back."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from people.models import Absence, User
from people.record import put_on_record


@transaction.atomic
def note_absence(person: User, *, first_on: date, last_on: date, by: User) -> Absence:
    """While it lasts, others hear in place of the person. Raises ValidationError for days that make no sense."""
    absence = Absence(person=person, first_on=first_on, last_on=last_on, noted_by=by)
    absence.full_clean()
    absence.save()
    put_on_record(person, "person.away_noted", by=by, first_on=first_on, last_on=last_on)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: User) -> None:
    """The person is there again from today on, whatever else covers it; of one that has not begun, only the record remains."""
    today = timezone.localdate()
    person = User.objects.select_for_update().get(pk=absence.person_id)  # Two tabs may say so at once.
    ended = Q(pk=absence.pk)
    if absence.first_on <= today:
        ended |= Q(first_on__lte=today, last_on__gte=today)
    for one in person.absences.filter(ended, last_on__gte=today):
        before = {"first_on": one.first_on, "last_on": one.last_on}
        if one.first_on >= today:
            one.delete()
        else:
            one.last_on = today - timedelta(days=1)
            one.save(update_fields=["last_on", "updated_at"])
        put_on_record(person, "person.away_ended", by=by, before=before)
