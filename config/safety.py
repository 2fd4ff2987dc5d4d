"""What production refuses to start with, each refusal a sentence that names the variable."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 50
MUST_BE_NAMED = ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAIL_FROM"]


def production_problems(
    *, debug: bool, secret_key: str, allowed_hosts: list[str], site_url: str, variables: Mapping[str, str]
) -> list[str]:
    """Every reason not to start, as sentences; empty when there is none."""
    problems = []
    if debug:
        problems.append("DEBUG must be off: its error pages show settings and code to anyone.")
    if len(secret_key) < SHORTEST_KEY or len(set(secret_key)) < 5:
        problems.append(f"SECRET_KEY must be set to at least {SHORTEST_KEY} random characters.")
    if not allowed_hosts or any("*" in host for host in allowed_hosts):
        problems.append("ALLOWED_HOSTS must name the hosts that this site answers for, without “*”.")
    if urlsplit(site_url).scheme != "https":
        problems.append("SITE_URL must begin with https://: links in mails carry people's sessions.")
    problems += [f"{name} must be set." for name in MUST_BE_NAMED if not variables.get(name, "").strip()]
    return problems


def refuse_unsafe_production(**values: object) -> None:
    """Raises ImproperlyConfigured with every problem at once."""
    if problems := production_problems(**values):  # type: ignore[arg-type]
        raise ImproperlyConfigured("Production does not start like this:\n- " + "\n- ".join(problems))
