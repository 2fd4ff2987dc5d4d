"""Being away: noted ahead, and ended by coming back."""

from datetime import date, timedelta

from django.db import transaction
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
    """The person is there again from today on; of one that has not begun, nothing remains but the record."""
    yesterday = timezone.localdate() - timedelta(days=1)
    before = {"first_on": absence.first_on, "last_on": absence.last_on}
    if absence.first_on > yesterday:
        absence.delete()
    else:
        absence.last_on = min(absence.last_on, yesterday)
        absence.save(update_fields=["last_on", "updated_at"])
    put_on_record(absence.person, "person.away_ended", by=by, before=before)
