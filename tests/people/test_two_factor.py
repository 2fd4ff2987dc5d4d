import re

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from people.models import User
from tests.factories import PASSWORD


def sign_in(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_two_factor_is_set_up_by_a_person_whose_account_an_administrator_made(client: Client, member: User) -> None:
    sign_in(client, member)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.findall(r'class="account-secret">(\w+)<', page)[0]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))

    answer = client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    assert sorted(Authenticator.objects.filter(user=member).values_list("type", flat=True)) == [
        "recovery_codes",
        "totp",
    ]


def test_two_factor_with_a_wrong_code_stays_off_and_says_so(client: Client, member: User) -> None:
    sign_in(client, member)
    client.get("/accounts/2fa/totp/activate/")

    answer = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})

    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Authenticator.objects.exists()
