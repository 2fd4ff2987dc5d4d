import pytest
from django.db import IntegrityError, connection, transaction

from people.models import RecordEntry, User
from people.record import put_on_record
from tests.factories import ActionFactory, TeamFactory


@pytest.fixture
def entry(administrator: User) -> RecordEntry:
    return put_on_record(TeamFactory(name="Payments"), "team.added", by=administrator)


def test_record_entry_is_not_changed_even_by_sql(entry: RecordEntry) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update people_recordentry set verb = 'team.forgotten'")

    assert RecordEntry.objects.get().verb == "team.added"


def test_record_entry_is_not_deleted_even_by_sql(entry: RecordEntry) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from people_recordentry")

    assert RecordEntry.objects.count() == 1


def test_action_is_not_deleted_even_by_sql(db: None) -> None:
    action = ActionFactory(number=45)

    with pytest.raises(IntegrityError, match="ACT-45 is never deleted"), transaction.atomic():
        type(action).objects.filter(pk=action.pk)._raw_delete("default")

    action.refresh_from_db()
    assert action.number == 45


@pytest.mark.django_db(transaction=True)
def test_record_and_actions_leave_room_for_the_next_test(administrator: User) -> None:
    """The guards refuse rows one by one; emptying whole tables between tests goes on."""
    put_on_record(ActionFactory(), "action.added", by=administrator)

    assert RecordEntry.objects.count() == 1
