import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from people.commands import edit_person
from people.models import User
from tests.factories import PASSWORD, UserFactory

SIGN_IN = "/accounts/login/"
TOO_MANY = "Too many failed login attempts"


def sign_in(client: Client, email: str = "member@harbour.example", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"login": email, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get("/people/profile/").status_code == 200


@pytest.fixture
def another_address() -> Callable[[], str]:
    numbers = iter(range(1, 200))
    return lambda: f"198.51.100.{next(numbers)}"


def test_sign_in_with_the_right_password_opens_home_under_a_new_session_key(client: Client, member: User) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["kept"] = "before"
    session.save()
    client.cookies["sessionid"] = session.session_key

    response = sign_in(client)

    assert response.status_code == 302
    assert response["Location"] == reverse("home")
    assert client.cookies["sessionid"].value != session.session_key
    assert not client.session.exists(session.session_key)


def test_sign_in_finds_an_address_in_any_case(client: Client, db: None) -> None:
    UserFactory(email="Mixed.Case@Harbour.Example")

    assert sign_in(client, "mixed.CASE@harbour.example")["Location"] == reverse("home")


def test_sign_in_with_a_wrong_password_says_no_more_than_for_an_unknown_address(client: Client, member: User) -> None:
    wrong = sign_in(client, password="not this one at all")
    unknown = sign_in(client, "nobody@harbour.example")

    assert wrong.status_code == unknown.status_code == 200
    assert same_but_for_inputs(wrong) == same_but_for_inputs(unknown)


def same_but_for_inputs(response: Any) -> str:
    text = re.sub(r'nonce[^>]*?="[^"]*"|content="[A-Za-z0-9+/=]{20,}"|[A-Za-z0-9]{64}', "", response.content.decode())
    return re.sub(r"[\w.]+@harbour\.example", "", text)


def test_sign_in_refuses_the_sixth_guess_at_one_account_from_wherever_it_comes(
    client: Client, member: User, another_address: Callable[[], str]
) -> None:
    for _ in range(5):
        assert TOO_MANY not in sign_in(client, password="wrong", REMOTE_ADDR=another_address()).content.decode()

    response = sign_in(client, REMOTE_ADDR=another_address())

    assert TOO_MANY in response.content.decode()
    assert not is_signed_in(client)


def test_sign_in_counts_guesses_at_an_account_across_host_headers(
    client: Client, member: User, another_address: Callable[[], str]
) -> None:
    for port in range(5):
        sign_in(client, password="wrong", REMOTE_ADDR=another_address(), headers={"host": f"localhost:{8000 + port}"})

    response = sign_in(client, REMOTE_ADDR=another_address(), headers={"host": "127.0.0.1"})

    assert TOO_MANY in response.content.decode()


def test_sign_in_refuses_the_eleventh_guess_a_minute_from_one_address(client: Client, member: User) -> None:
    for number in range(10):
        sign_in(client, f"someone{number}@harbour.example", "wrong")

    response = sign_in(client)

    assert TOO_MANY in response.content.decode()
    assert not is_signed_in(client)


def test_sign_in_does_not_believe_a_made_up_forwarding_header(client: Client, member: User) -> None:
    for number in range(10):
        sign_in(client, f"someone{number}@harbour.example", "wrong", headers={"x-forwarded-for": f"203.0.113.{number}"})

    response = sign_in(client, headers={"x-forwarded-for": "203.0.113.99"})

    assert TOO_MANY in response.content.decode()


def test_sign_in_behind_a_trusted_proxy_counts_the_address_the_proxy_saw(
    client: Client, member: User, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        forged = {"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7"}
        sign_in(client, f"someone{number}@harbour.example", "wrong", headers=forged)

    response = sign_in(client, headers={"x-forwarded-for": "203.0.113.99, 198.51.100.7"})

    assert TOO_MANY in response.content.decode()


def test_admin_sends_strangers_to_the_same_sign_in(client: Client, db: None) -> None:
    response = client.get("/admin/login/?next=/admin/")

    assert response.status_code == 302
    assert response["Location"].startswith(SIGN_IN)


def test_admin_login_takes_no_password_of_its_own(client: Client, administrator: User) -> None:
    response = client.post("/admin/login/", {"username": administrator.email, "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"].startswith(SIGN_IN)
    assert not is_signed_in(client)


def test_sign_in_of_somebody_switched_off_is_refused(client: Client, member: User) -> None:
    member.is_active = False
    member.save()

    sign_in(client)

    assert not is_signed_in(client)


def test_switching_somebody_off_ends_their_sessions_for_good(client: Client, member: User, administrator: User) -> None:
    sign_in(client)
    assert is_signed_in(client)

    edit_person(member, by=administrator, is_active=False)
    assert not is_signed_in(client)

    edit_person(member, by=administrator, is_active=True)
    assert not is_signed_in(client)


def test_changing_a_role_ends_sessions(client: Client, member: User, administrator: User) -> None:
    sign_in(client)

    edit_person(member, by=administrator, role=User.Role.FACILITATOR)

    assert not is_signed_in(client)


def test_changing_the_password_ends_every_session(client: Client, member: User) -> None:
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    new = "a wholly different sentence"

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert not is_signed_in(elsewhere)
    assert sign_in(Client(), password=new)["Location"] == reverse("home")


def test_sign_out_ends_the_session(client: Client, member: User) -> None:
    sign_in(client)
    key = client.session.session_key

    client.post("/accounts/logout/")

    assert not is_signed_in(client)
    assert not client.session.exists(key)


def test_sign_out_asks_before_it_acts_on_a_link(client: Client, member: User) -> None:
    sign_in(client)

    client.get("/accounts/logout/")

    assert is_signed_in(client)


def test_signing_out_elsewhere_ends_the_other_sessions(client: Client, member: User) -> None:
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)

    client.post("/accounts/sessions/")

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def reset_link(client: Client, email: str = "member@harbour.example", **extra: str) -> str:
    client.post("/accounts/password/reset/", {"email": email}, **extra)
    return re.search(r"https?://\S+/password/reset/key/\S+", mail.outbox[-1].body)[0]


def test_reset_by_mail_sets_a_password_once(client: Client, member: User) -> None:
    link = reset_link(client)
    path = client.get(link.split("localhost:8000")[1])["Location"]
    new = "a wholly different sentence"
    client.post(path, {"password1": new, "password2": new})

    assert sign_in(Client(), password=new)["Location"] == reverse("home")
    again = Client().get(link.split("localhost:8000")[1])
    assert 'name="password1"' not in again.content.decode()


def test_reset_ends_open_sessions(client: Client, member: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    path = client.get(reset_link(client).split("localhost:8000")[1])["Location"]
    new = "a wholly different sentence"

    client.post(path, {"password1": new, "password2": new})

    assert not is_signed_in(elsewhere)


def test_reset_mail_leads_to_our_address_whatever_the_host_header_says(client: Client, member: User) -> None:
    link = reset_link(client, headers={"host": "localhost:666"})

    assert link.startswith("http://localhost:8000/")


def test_reset_for_an_unknown_address_answers_alike(client: Client, member: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": member.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@harbour.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_reset_is_for_people_at_work_only(client: Client, member: User) -> None:
    member.is_active = False
    member.save()

    client.post("/accounts/password/reset/", {"email": member.email})

    assert not [message for message in mail.outbox if "/password/reset/key/" in message.body]


def test_second_factor_is_asked_for_after_the_password(client: Client, member: User) -> None:
    totp.TOTP.activate(member, "JBSWY3DPEHPK3PXP")

    response = sign_in(client)

    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_second_factor_lets_the_right_code_in(client: Client, member: User) -> None:
    totp.TOTP.activate(member, "JBSWY3DPEHPK3PXP")
    sign_in(client)
    code = totp.format_hotp_value(totp.hotp_value("JBSWY3DPEHPK3PXP", next(totp.yield_hotp_counters_from_time())))

    response = client.post(reverse("mfa_authenticate"), {"code": code})

    assert response["Location"] == reverse("home")
    assert is_signed_in(client)


def test_second_factor_refuses_guesses(client: Client, member: User) -> None:
    totp.TOTP.activate(member, "JBSWY3DPEHPK3PXP")
    sign_in(client)
    for _ in range(6):
        response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert TOO_MANY in response.content.decode()
    assert not is_signed_in(client)


def test_recovery_code_works_once(client: Client, member: User) -> None:
    totp.TOTP.activate(member, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(member).get_unused_codes()
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == reverse("home")

    again = Client()
    sign_in(again)
    again.post(reverse("mfa_authenticate"), {"code": codes[0]})

    assert not is_signed_in(again)


def test_second_factor_is_set_up_with_a_code_from_the_app(client: Client, member: User) -> None:
    sign_in(client)
    ask_again = client.get(reverse("mfa_activate_totp"))["Location"]
    client.post(ask_again, {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))

    client.post(reverse("mfa_activate_totp"), {"code": code})

    assert mfa_adapter().is_mfa_enabled(member)
    assert set(Authenticator.objects.filter(user=member).values_list("type", flat=True)) == {"totp", "recovery_codes"}


@pytest.mark.parametrize("path", ["signup/", "confirm-email/", "confirm-email/some-key/", "login/code/confirm/"])
def test_pages_of_allauth_that_are_no_feature_lead_to_sign_in(client: Client, db: None, path: str) -> None:
    for response in (
        client.get(f"/accounts/{path}"),
        client.post(f"/accounts/{path}", {"email": "new@harbour.example"}),
    ):
        assert response.status_code == 302
        assert response["Location"] == SIGN_IN
    assert not User.objects.filter(email="new@harbour.example").exists()


def test_nobody_adds_an_address_to_their_account(client: Client, member: User) -> None:
    sign_in(client)

    response = client.post("/accounts/email/", {"action_add": "", "email": "administrator@harbour.example"})

    assert response["Location"] == "/people/profile/"
    assert not EmailAddress.objects.filter(email="administrator@harbour.example").exists()
