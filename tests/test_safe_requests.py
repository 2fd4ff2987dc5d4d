"""What holds for every address at once: forms need their token, reading writes nothing, headers are always there."""

import re

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from postmortems.models.documents import PostmortemQuerySet
from tests.world import NUMBERS, OPEN, RESTRICTED, World, addresses, make_world

# A browser reports by itself and knows no token; it writes nothing but a log line. A mail program unsubscribes by the
# signed link of the mail (RFC 8058), and its reader answers by one: the link is the key.
WITHOUT_TOKEN = {"csp_report", "people:stop_mail", "actions:answer_by_mail"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_every_address_refuses_a_form_without_its_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["administrator"])

    open_to_forgery = []
    for turn, address in enumerate(addresses()):
        for method in ("POST", ("PUT", "DELETE", "PATCH")[turn % 3]):
            cache.clear()
            response = strict.generic(method, address.path(world, OPEN))
            if response.status_code not in (403, 405) and address.name not in WITHOUT_TOKEN:
                open_to_forgery.append(f"{method} {address.name}: {response.status_code}")

    assert open_to_forgery == []


def test_a_form_from_a_foreign_page_is_refused_even_with_a_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["administrator"])
    page = strict.get("/people/profile/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    form = {"csrfmiddlewaretoken": token, "name": "Somebody else", "time_zone": "UTC"}

    response = strict.post("/people/profile/", form, headers={"origin": "https://evil.example"})

    world.people["administrator"].refresh_from_db()
    assert (response.status_code, world.people["administrator"].name) == (403, "administrator")


def state_of_every_table() -> dict[str, str]:
    left_out = {"django_session", "usersessions_usersession"}  # A visit may note that it took place.
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - left_out)
    with connection.cursor() as cursor:
        state = {}
        for table in tables:
            cursor.execute(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t")  # noqa: S608
            state[table] = cursor.fetchone()[0]
    return state


def test_reading_every_address_changes_no_row(world: World) -> None:
    client = world.client("administrator")
    client.get("/")
    before = state_of_every_table()

    for address in addresses():
        if address.name == "account_logout":
            continue
        for kind in (OPEN, RESTRICTED) if address.is_of_an_incident else (OPEN,):
            client.get(address.path(world, kind))
        client.head(address.path(world, OPEN))
        client.options(address.path(world, OPEN))

    assert state_of_every_table() == before


def weak_spots(policy: str) -> list[str]:
    directives = dict([*part.strip().split(" ", 1), ""][:2] for part in policy.split(";"))
    problems = [f"{name} {value}" for name, value in directives.items() if "unsafe" in value or "*" in value]
    if directives.get("default-src") != "'none'":
        problems.append("default-src is not 'none'")
    missing = {
        "script-src",
        "style-src",
        "base-uri",
        "object-src",
        "frame-ancestors",
        "form-action",
    } - directives.keys()
    return problems + sorted(missing)


INLINE = re.compile(r"<(script|style)\b(?![^>]*\b(src|nonce)=)(?![^>]*type=\"application/json\")", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\s(on\w+|style)\s*=", re.IGNORECASE)


def test_every_answer_carries_the_strict_policy_and_holds_nothing_that_it_refuses(world: World) -> None:
    anonymous, administrator = world.client("anonymous"), world.client("administrator")
    weak = []
    for address in addresses():
        path = address.path(world, OPEN)
        for response in (anonymous.get(path), administrator.get(path), administrator.post(path)):
            problems = weak_spots(response.headers.get("Content-Security-Policy", ""))
            problems += [] if response.headers.get("X-Content-Type-Options") == "nosniff" else ["nosniff"]
            problems += [] if response.headers.get("X-Request-ID") else ["no request id"]
            problems += refused_parts(response)
            if problems:
                weak.append(f"{address.name} {response.status_code}: {problems}")

    assert weak == []


def refused_parts(response: HttpResponse) -> list[str]:
    if "text/html" not in response.headers.get("Content-Type", ""):
        return []
    text = response.content.decode()
    return [found[0] for pattern in (INLINE, HANDLER) for found in pattern.finditer(text)]


@pytest.mark.static_files
@pytest.mark.parametrize("path", ["/no/such/page/", "/static/no-such-file.css", "/static/css/tokens.css", "/incidents"])
def test_errors_redirects_and_files_carry_it_too(path: str, world: World) -> None:
    response = world.client("member").get(path)

    assert weak_spots(response.headers["Content-Security-Policy"]) == []
    response.close()


@pytest.mark.expects_server_errors
def test_a_broken_page_carries_it_too_and_tells_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*args: object, **kwargs: object) -> None:
        raise RuntimeError("select secret from settings")

    monkeypatch.setattr(PostmortemQuerySet, "visible_to", break_down)
    client = world.client("member")
    client.raise_request_exception = False

    response = client.get(f"/postmortems/{NUMBERS[OPEN]}/")

    assert response.status_code == 500
    assert weak_spots(response.headers["Content-Security-Policy"]) == []
    text = response.content.decode()
    assert "secret" not in text
    assert "Traceback" not in text
    assert "RuntimeError" not in text
    assert response.headers["X-Request-ID"]


def test_nonces_differ_and_match_their_page(world: World) -> None:
    client, seen = world.client("member"), set()
    for _ in range(2):
        response = client.get("/")
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])[1]
        assert f'content="{nonce}"' in response.content.decode()
        seen.add(nonce)

    assert len(seen) == 2


def test_pages_with_peoples_words_are_kept_by_no_cache(world: World) -> None:
    response = world.client("member").get(f"/postmortems/{NUMBERS[OPEN]}/")

    assert "no-store" in response.headers["Cache-Control"]


def test_report_of_a_browser_is_taken_and_garbage_refused(client: Client, db: None) -> None:
    taken = client.post("/csp-report/", '{"csp-report": {}}', content_type="application/csp-report")
    garbage = client.post("/csp-report/", b"\xff\x00{", content_type="application/csp-report")

    assert (taken.status_code, garbage.status_code) == (204, 400)


def test_request_id_is_the_callers_if_it_is_harmless(client: Client) -> None:
    given = client.get("/healthz", headers={"x-request-id": "deploy-2026-03-02"})
    hostile = client.get("/healthz", headers={"x-request-id": "<script>alert(1)</script>"})

    assert given.headers["X-Request-ID"] == "deploy-2026-03-02"
    assert re.fullmatch("[0-9a-f]{32}", hostile.headers["X-Request-ID"])
