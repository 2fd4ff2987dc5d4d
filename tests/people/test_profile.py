import pytest

from people.models import User

pytestmark = pytest.mark.django_db
URL = "/people/profile/"


@pytest.fixture
def signed_in(client, member):
    client.force_login(member)
    return client


def test_profile_keeps_name_and_time_zone(signed_in, member):
    response = signed_in.post(URL, {"name": "Mira Moss", "time_zone": "Asia/Tokyo"})

    assert response.headers["Location"] == URL
    member.refresh_from_db()
    assert (member.name, member.time_zone) == ("Mira Moss", "Asia/Tokyo")
    assert "Times are shown in Asia/Tokyo" in signed_in.get(URL).content.decode()


def test_profile_without_a_zone_follows_the_organisation(signed_in, member):
    signed_in.post(URL, {"name": "Mira Moss", "time_zone": ""})

    member.refresh_from_db()
    assert member.time_zone == ""
    assert "The organisation’s own (UTC)" in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("time_zone", "Mars/Olympus"), ("time_zone", "../etc/passwd")],
)
def test_profile_refuses_what_cannot_be_kept(signed_in, member, field, value):
    response = signed_in.post(URL, {"name": "Mira Moss", "time_zone": "UTC", field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    member.refresh_from_db()
    assert member.name == "Mira Member"


def test_profile_gives_nobody_another_role(signed_in, member):
    signed_in.post(URL, {"name": "Mira", "time_zone": "UTC", "role": "administrator", "email": "other@harbour.example"})

    member.refresh_from_db()
    assert (member.role, member.email) == (User.Role.MEMBER, "member@harbour.example")
