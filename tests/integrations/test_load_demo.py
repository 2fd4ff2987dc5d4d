import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from people.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_load_demo_beside_other_peoples_data_is_refused():
    UserFactory()

    with pytest.raises(CommandError, match="There are people or incidents here already"):
        call_command("load_demo")
    out = StringIO()
    call_command("load_demo", "--if-empty", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"accounts": []}
    assert User.objects.count() == 1


def test_load_demo_in_production_is_refused(settings):
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="Not in production"):
        call_command("load_demo")
    assert not User.objects.exists()
