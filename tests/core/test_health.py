import pytest
from django.test import Client, override_settings

from core.health import note_alive


@pytest.fixture
def everything_alive(db):
    note_alive("worker")
    note_alive("beat")


def test_healthz_answers_anyone(client: Client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_names_every_part_when_all_answer(client: Client, everything_alive):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "parts": {"database": "ok", "valkey": "ok", "worker": "ok", "beat": "ok"},
    }


def test_readyz_names_a_worker_that_never_came(client: Client, everything_alive, settings):
    from core.health import KEY, _valkey

    _valkey().delete(KEY.format("worker"))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["worker"] == "no sign of life"
    assert response.json()["parts"]["beat"] == "ok"


def test_readyz_says_that_valkey_is_away_and_still_answers(client: Client, db):
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["valkey"] == "does not answer (ConnectionError)"
    assert response.json()["parts"]["database"] == "ok"


def test_every_answer_carries_the_id_of_its_request(client: Client):
    given = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})
    made = client.get("/healthz", headers={"X-Request-ID": "<script>"})

    assert given.headers["X-Request-ID"] == "abc-12345678"
    assert len(made.headers["X-Request-ID"]) == 32


def test_a_policy_report_of_nothing_but_brackets_is_refused(client: Client):
    response = client.post("/csp-report/", b"[" * 8000, content_type="application/csp-report")

    assert response.status_code == 400
