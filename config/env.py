"""Typed reading of the environment: a bad value stops the start with a sentence that names its variable."""

import os
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


class Environment:
    """Reads variables, remembers which were asked for, and refuses what it cannot understand."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = os.environ if values is None else values
        self.names: list[str] = []

    def read(self, name: str, default: T, parse: Callable[[str], T]) -> T:
        self.names.append(name)
        raw = self.values.get(name, "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} cannot be used: {error}") from error

    def text(self, name: str, default: str = "") -> str:
        return self.read(name, default, str)

    def flag(self, name: str, default: bool) -> bool:
        return self.read(name, default, _flag)

    def number(self, name: str, default: int) -> int:
        return self.read(name, default, int)

    def words(self, name: str, default: list[str]) -> list[str]:
        return self.read(name, default, lambda raw: [word.strip() for word in raw.split(",") if word.strip()])

    def one_of(self, name: str, choices: list[str], default: str) -> str:
        def parse(raw: str) -> str:
            if raw not in choices:
                raise ValueError(f"“{raw}” is not one of {', '.join(choices)}.")
            return raw

        return self.read(name, default, parse)


def _flag(raw: str) -> bool:
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ValueError(f"“{raw}” is neither yes nor no.")


def database_from_url(url: str) -> dict[str, object]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name`; `?host=` may name a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("it must begin with postgresql://; Debrief keeps its data in PostgreSQL alone.")
    name = parts.path.lstrip("/")
    if not name:
        raise ValueError("it names no database; end it with /debrief, for example.")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def celery_url(redis_url: str) -> str:
    """The broker's name for the same server: a socket is `redis+socket://path?virtual_host=n` there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[-1]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def email_from_url(url: str) -> dict[str, object]:
    """Django's EMAIL_* values for `smtp://user:password@host:port`; smtps:// speaks TLS at once, ?starttls=1 later."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise ValueError("it must begin with smtp:// or smtps://.")
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": "starttls" in parse_qs(parts.query),
    }
