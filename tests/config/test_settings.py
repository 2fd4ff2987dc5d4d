"""What a deployment may set: documented once, understood or refused, and safe in production."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import settings
from config.env import Environment, celery_url, database_from_url, email_from_url
from config.safety import production_problems

ROOT = Path(__file__).resolve().parent.parent.parent
SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "SITE_URL": "https://debrief.harbour.example",
    "ALLOWED_HOSTS": "debrief.harbour.example",
    "DATABASE_URL": "postgresql://debrief@db.harbour.example/debrief",
    "REDIS_URL": "redis://valkey.harbour.example/0",
    "EMAIL_URL": "smtps://debrief:secret@mail.harbour.example",
    "MAIL_FROM": "Debrief <debrief@harbour.example>",
}


def manage(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in settings.env.names}
    return subprocess.run(
        [sys.executable, "manage.py", *words], env={**inherited, **variables}, cwd=ROOT,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_every_setting_is_explained_once_in_the_example() -> None:
    documented = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert sorted(documented) == sorted(settings.env.names)


def test_the_example_itself_is_understood() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))

    result = manage("check", "--tag", "security", **values)

    assert result.returncode == 0, result.stderr


def test_production_passes_djangos_own_check_for_deployments() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", **SAFE)

    assert result.returncode == 0, result.stderr + result.stdout
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DEBUG", "yes", "DEBUG must be off"),
        ("SECRET_KEY", "", "SECRET_KEY must be set to at least 50 random characters"),
        ("SECRET_KEY", "short", "SECRET_KEY must be set to at least 50 random characters"),
        ("SECRET_KEY", "a" * 80, "SECRET_KEY must be set to at least 50 random characters"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name the hosts"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("ALLOWED_HOSTS", "*.harbour.example", "ALLOWED_HOSTS must name the hosts"),
        ("SITE_URL", "http://debrief.harbour.example", "SITE_URL must begin with https://"),
        ("DATABASE_URL", "", "DATABASE_URL must be set"),
        ("REDIS_URL", "", "REDIS_URL must be set"),
        ("EMAIL_URL", "", "EMAIL_URL must be set"),
        ("MAIL_FROM", "", "MAIL_FROM must be set"),
    ],
)
def test_production_refuses_an_unsafe_value_and_names_it(variable: str, value: str, sentence: str) -> None:
    env = Environment({**SAFE, variable: value})

    problems = production_problems(
        debug=env.flag("DEBUG", False),
        secret_key=env.text("SECRET_KEY"),
        allowed_hosts=env.words("ALLOWED_HOSTS", []),
        site_url=env.text("SITE_URL"),
        variables=env.values,
    )

    assert len(problems) == 1
    assert problems[0].startswith(sentence)


def test_production_does_not_start_on_development_values_and_says_all_reasons() -> None:
    result = manage("check", ENVIRONMENT="production")

    assert result.returncode != 0
    named = re.findall(r"^- ([A-Z_]+)", result.stderr, re.MULTILINE)
    assert named == ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAIL_FROM"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ENVIRONMENT", "prod"),
        ("DEBUG", "maybe"),
        ("DATABASE_POOL_SIZE", "many"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("DATABASE_URL", "postgresql://localhost"),
        ("DATABASE_URL", "postgresql://localhost:port/debrief"),
        ("EMAIL_URL", "https://mail.example"),
        ("EMAIL_URL", "smtp://mail.example:port"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_value_that_is_not_understood_stops_the_start_with_its_name(variable: str, value: str) -> None:
    result = manage("check", **{variable: value})

    assert result.returncode != 0
    assert f"{variable} cannot be used: " in result.stderr.splitlines()[-1]


def test_flag_reads_the_words_people_write() -> None:
    env = Environment({"YES": "True", "NO": "off", "EMPTY": " "})

    assert [env.flag("YES", False), env.flag("NO", True), env.flag("EMPTY", True)] == [True, False, True]


def test_number_that_is_none_names_its_variable() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^PORT cannot be used: "):
        Environment({"PORT": "eighty"}).number("PORT", 80)


def test_database_url_keeps_what_is_escaped_in_it() -> None:
    database = database_from_url("postgresql://us%40er:p%2Fw@db.example:6432/de%20brief?sslmode=require")

    assert database == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "de brief", "USER": "us@er", "PASSWORD": "p/w",
        "HOST": "db.example", "PORT": "6432", "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


def test_database_url_may_name_a_socket_folder() -> None:
    database = database_from_url("postgresql://postgres@/debrief?host=/tmp/run")

    assert (database["HOST"], database["OPTIONS"]) == ("/tmp/run", {})


def test_celery_speaks_of_a_socket_in_its_own_way() -> None:
    assert celery_url("unix:///tmp/vk.sock?db=8") == "redis+socket:///tmp/vk.sock?virtual_host=8"
    assert celery_url("redis://valkey.example/0") == "redis://valkey.example/0"


def test_email_url_chooses_how_to_encrypt() -> None:
    plain, tls, later = (
        email_from_url(url) for url in ("smtp://a.example", "smtps://u:p@a.example", "smtp://a.example:587?starttls=1")
    )

    assert (plain["EMAIL_PORT"], plain["EMAIL_USE_SSL"], plain["EMAIL_USE_TLS"]) == (25, False, False)
    assert (tls["EMAIL_PORT"], tls["EMAIL_USE_SSL"], tls["EMAIL_HOST_PASSWORD"]) == (465, True, "p")
    assert (later["EMAIL_PORT"], later["EMAIL_USE_SSL"], later["EMAIL_USE_TLS"]) == (587, False, True)
