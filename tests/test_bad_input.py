"""Whatever is sent, the answer is clear: never a server error, never a row made of nonsense, never a text lost."""

import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from live.commands import text_of
from postmortems.models import Postmortem
from tests.world import NUMBERS, OPEN, Address, World, addresses, make_world

HOSTILE = [
    "", " ", "\t\r\n", "\x00", "a\x00b", "\ud800", "a\udfff", "\u202e\u2066", "\ufeff", "é" * 200, "x" * 70_000,
    "0", "-1", "-0", "1e308", "NaN", "inf", "9" * 30, str(2**31), str(2**63), "1.5", "0x10", "١٢",
    "2026-02-30", "0000-00-00", "9999-12-31T23:59:59.999999", "10000-01-01", "2026-03-29T02:30", "25:61",
    "None", "null", "true", "[]", "{}", "undefined", "'; drop table people_user; --", "%00", "%s%n", "{{ 7*7 }}",
    "${7*7}", "../../etc/passwd", "<script>alert(1)</script>", "a@b", "x" * 300 + "@example.org", "javascript:alert(1)",
]  # fmt: skip
SLOWEST_SECONDS = 5  # A single request on a busy machine; the goal of a second is measured by the benchmark.


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def forms() -> list[Address]:
    return [address for address in addresses() if address.name not in {"account_logout", "admin:logout"}]


def fields_of(response: HttpResponse) -> set[str]:
    """Names of the fields in every form that a page was rendered with."""
    names: set[str] = set()
    for context in response.context or ():
        for layer in context:
            for value in layer.values() if isinstance(layer, dict) else ():
                form = getattr(value, "form", value)
                if hasattr(form, "fields") and hasattr(form, "add_prefix"):
                    names |= {form.add_prefix(name) for name in form.fields}
    return names


GUESSED = {
    "text", "version", "reason", "owner", "due_on", "evidence", "title", "occurred_at", "template", "action",
    "_selected_action", "format", "finish-evidence", "drop-reason", "reopen-reason", "reassign-owner",
    "reassign-reason", "reschedule-due_on", "reschedule-reason", "new-text", "new-occurred_at", "action-title",
    "action-owner", "action-due_on", "sections-TOTAL_FORMS", "sections-INITIAL_FORMS", "sections-0-id",
    "sections-0-key",
}  # fmt: skip


def answer(client: Client, method: str, path: str, data: dict[str, str]) -> HttpResponse:
    cache.clear()
    started = time.monotonic()
    with transaction.atomic():
        cookies = client.cookies.copy()
        response = getattr(client, method)(path, data)
        client.cookies = cookies
        transaction.set_rollback(True)
    assert response.status_code < 500 or path.startswith("/readyz"), f"{method} {path}: {response.status_code}"
    assert time.monotonic() - started < SLOWEST_SECONDS, f"{method} {path} took too long"
    return response


PARTS = ["incidents", "postmortems", "actions", "import", "people", "accounts", "admin", ""]


def of_part(part: str) -> list[Address]:
    others = tuple(other for other in PARTS if other)
    return [a for a in forms() if (a.route.startswith(part) if part else not a.route.startswith(others))]


@pytest.mark.templates_noted
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part or "others")
def test_no_form_breaks_on_hostile_values(part: str, world: World) -> None:
    client = world.client("administrator")
    for turn, address in enumerate(of_part(part)):
        path = address.path(world, OPEN)
        names = sorted(fields_of(answer(client, "get", path, {})) | GUESSED)
        for start in range(turn % 5, len(HOSTILE), 7 if part == "admin" else 5):
            # Each field holds another value at a time; over the rounds and the addresses all of them come up.
            filled = {name: HOSTILE[(start + place) % len(HOSTILE)] for place, name in enumerate(names)}
            answer(client, "post", path, storable(filled))


ROW_FIELDS = {
    "postmortems:edit_observation_field": ["kind", "text", "event"],
    "postmortems:edit_event_field": ["occurred_at", "text", "who", "kind", "is_key", "effect", "source"],
    "actions:edit_field": ["title", "priority", "owner", "due_on", "status"],
}


@pytest.mark.parametrize("name", ROW_FIELDS)
def test_no_field_of_a_row_breaks_on_hostile_values(name: str, world: World) -> None:
    client = world.client("administrator")
    (address,) = [address for address in forms() if address.name == name]
    for place, field in enumerate(ROW_FIELDS[name]):
        for value in HOSTILE[place % 3 :: 3]:
            sent = {"field": field, field: value, f"seen-{field}": value[::-1], "reason": value, "step": "drop"}
            response = answer(client, "post", address.path(world, OPEN), storable(sent))
            assert response.status_code in (200, 400, 409, 422), f"{field} {value[:40]!r}"


def storable(data: dict[str, str]) -> dict[str, str]:
    """Half characters cannot even be encoded by the test client; they are sent as bytes by the next test."""
    return {name: value for name, value in data.items() if not any(0xD800 <= ord(sign) <= 0xDFFF for sign in value)}


RAW_BODIES = [
    (b"title=%00", "application/x-www-form-urlencoded"),
    (b"title=%ED%A0%80&name=%ED%A0%80", "application/x-www-form-urlencoded"),
    (b"title=\xff\xfe", "application/x-www-form-urlencoded"),
    (b"title=%ff%fe", "application/x-www-form-urlencoded"),
    (b"&".join(b"f%d=1" % n for n in range(1500)), "application/x-www-form-urlencoded"),
    (b"title=a", "application/x-www-form-urlencoded; charset=no-such-charset"),
    (b"title=a", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"{", "application/json"),
    (b'{"title": "\\ud800"}', "application/json"),
    (b"[" * 10_000, "application/json"),
    (b"garbage", "multipart/form-data; boundary=x"),
    (b"garbage", "multipart/form-data"),
    (b'--x\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\nb\r\n--x--', "multipart/form-data; boundary=x"),
    (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xed\xa0\x80\r\n--x--', "multipart/form-data; boundary=x"),
    (b"\x00" * 100, "application/octet-stream"),
    (b"title=a", "text/plain"),
    (b"", ""),
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS[:-2], ids=lambda part: part or "others")
def test_no_address_breaks_on_a_broken_body(part: str, world: World) -> None:
    """Reading a body is the same code at every address, so each gets some of them in turn."""
    client = world.client("administrator")
    for turn, address in enumerate(of_part(part)):
        path = address.path(world, OPEN)
        for body, kind in RAW_BODIES[turn % 4 :: 4]:
            response = raw(client, path, body, kind)
            assert response.status_code < 500, f"{address.name} {kind} {body[:40]!r}"


def raw(client: Client, path: str, body: bytes, kind: str) -> HttpResponse:
    cache.clear()
    with transaction.atomic():
        cookies = client.cookies.copy()
        response = client.generic("POST", path, body, content_type=kind)
        client.cookies = cookies
        transaction.set_rollback(True)
    return response


QUERIES = [
    "page=0", "page=-1", "page=99999999999999999999", "page=x", "p=99999999", "p=x", "o=99", "o=x.y", "q=%00",
    "q=%ED%A0%80", "q=" + "x" * 5000, "q='%22%3B--", "q=%25%5C_", "severity=9", "severity=x", "severity=" + "9" * 40,
    "status=nope", "team=x", "team=99999999999999999999", "owner=-1", "kind=nope", "from=2026-02-30", "until=x",
    "due=10000-01-01", "mode=nope", "password__contains=a", "owner__password__startswith=pbkdf2",
    "postmortem__incident__title__contains=a", "id__in=" + ",".join(["1"] * 2000), "e=1", "_popup=1&_to_field=password",
    "_changelist_filters=x", "created_at__year=99999999999",
    "at__year=0", "due_on__year=0", "due_on__year=99999999999", "created_at__year=x", "due_on__month=13",
    "is_active__exact=2", "all=", "next=https://evil.example/", "next=//evil.example", "next=javascript:alert(1)",
    "app_label=people&model_name=user&field_name=password&term=a", "app_label=x&model_name=y&field_name=z",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part or "others")
def test_no_page_breaks_on_a_hostile_query(part: str, world: World) -> None:
    client = world.client("administrator")
    for turn, address in enumerate(of_part(part)):
        for query in QUERIES if is_list(address) else QUERIES[turn % 9 :: 9]:
            response = answer(client, "get", f"{address.path(world, OPEN)}?{query}", {})
            leads_to = response.headers.get("Location", "")
            assert not leads_to.startswith(("https://evil", "//evil", "javascript:")), f"{address.name}?{query}"


def is_list(address: Address) -> bool:
    return address.name.endswith(("_changelist", "autocomplete", ":index", "home", "account_login"))


HOSTILE_NUMBERS = ["0", "99999999999999999999999", "9223372036854775808", "2147483648"]


def test_hostile_numbers_in_the_path_are_not_found(world: World) -> None:
    client = world.client("administrator")
    for address in addresses():
        for parameter in {"number", "pk", "object_id"} & set(address.parameters):
            for method, value in zip((client.get, client.post) * 2, HOSTILE_NUMBERS, strict=True):
                values = {name: (value if name == parameter else "1") for name in address.parameters}
                assert method(address.filled(values)).status_code in (302, 400, 403, 404, 405), address.name


@pytest.mark.parametrize("path", ["/%00", "/incidents/%00/", "/admin/people/user/%00/change/", "/accounts/%ED%A0%80/"])
def test_characters_that_no_text_holds_are_refused_in_a_path(path: str, world: World) -> None:
    assert world.client("administrator").get(path).status_code in (400, 404)


def test_a_nul_in_a_cookie_is_refused(client: Client, db: None) -> None:
    response = client.get("/", headers={"cookie": 'sessionid="a\\000b"; messages="\\000"'})

    assert response.status_code == 400


def test_a_body_of_ten_megabytes_is_refused(world: World) -> None:
    response = raw(
        world.client("member"), "/people/profile/", b"name=" + b"x" * 10_000_000, "application/x-www-form-urlencoded"
    )

    assert response.status_code == 400


def test_a_long_text_that_is_refused_comes_back_in_its_form(world: World) -> None:
    words = "This took an hour to write. " * 200

    response = world.client("member").post(
        f"/postmortems/{NUMBERS[OPEN]}/timeline/add/", {"new-text": words, "new-occurred_at": "not a time"}
    )

    assert response.status_code == 422
    assert words.strip() in response.content.decode()


def test_a_section_sent_with_a_version_that_never_was_keeps_what_was_written(world: World) -> None:
    section, room = world.dossiers[OPEN].section, world.dossiers[OPEN].postmortem.room
    words = "This took an hour to write."

    world.client("member").post(
        f"/postmortems/{NUMBERS[OPEN]}/sections/{section.pk}/edit/", {"text": words, "version": "9" * 30}
    )

    assert words in text_of(room, section.key)


def uploads() -> Iterator[tuple[str, bytes]]:
    yield "empty.md", b""
    yield "nul.md", b"\x00" * 5000
    yield "binary.md", bytes(range(256)) * 50
    yield "zip.md", b"PK\x03\x04" + b"\x00" * 500
    yield "broken.md", b"# Title\n\xff\xfe\xed\xa0\x80 words"
    yield "../../etc/passwd", b"# Title\n\nwords"
    yield "n" * 400 + ".md", b"# Title\n\nwords"
    yield "deep.md", b">" * 5000 + b" words"


@pytest.mark.parametrize(
    ("name", "content"), list(uploads()), ids=lambda value: value[:12] if isinstance(value, str) else ""
)
def test_a_strange_upload_is_answered_and_makes_no_incident(name: str, content: bytes, world: World) -> None:
    before = Postmortem.objects.count()

    response = world.client("member").post("/import/", {"files": SimpleUploadedFile(name, content)})

    assert response.status_code in (200, 302, 400, 413, 422)
    assert Postmortem.objects.count() == before
