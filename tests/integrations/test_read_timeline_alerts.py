"""Alertmanager, Grafana and Opsgenie. Every payload was written for this test."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integrations.timeline_files import clocks, left_out, reading_of, told

NEVER = "0001-01-01T00:00:00Z"


def alert(**facts: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "FerryQueueFull", "instance": "quay-1", "severity": "critical"},
        "annotations": {"summary": "Cars wait longer than an hour"},
        "startsAt": "2026-03-02T14:32:00.123456789Z",
        "endsAt": NEVER,
        "fingerprint": "aa11",
        **facts,
    }


def webhook(*alerts: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {
        "version": "4",
        "groupKey": "{}",
        "receiver": "harbour",
        "status": "firing",
        "alerts": list(alerts),
        **facts,
    }


FIRED = (
    "2026-03-02T14:32:00.123456Z",
    "Alertmanager",
    "FerryQueueFull fired on quay-1 (critical): Cars wait longer than an hour",
)
ENDED = (
    "2026-03-02T15:02:00Z",
    "Alertmanager",
    "FerryQueueFull resolved on quay-1 (critical): Cars wait longer than an hour",
)
RESOLVED = {"status": "resolved", "endsAt": "2026-03-02T15:02:00Z"}
API = {"status": {"state": "active", "silencedBy": []}, "endsAt": "2026-03-02T14:36:00Z", "receivers": [{"name": "x"}]}
STATELESS = {key: value for key, value in alert().items() if key != "status"}

ALERTMANAGER: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "it fires": (webhook(alert()), [FIRED]),
    "one that fires and resolves is two events": (webhook(alert(**RESOLVED)), [FIRED, ENDED]),
    "the end of one that still fires is no event": (webhook(alert(endsAt="2026-03-02T14:37:00Z")), [FIRED]),
    "no status of its own": (
        webhook({**STATELESS, "endsAt": "2026-03-02T15:02:00Z"}, status="resolved"),
        [FIRED, ENDED],
    ),
    "sent again": ([webhook(alert()), webhook(alert()), webhook(alert(**RESOLVED))], [FIRED, ENDED]),
    "an API list": ([alert(**API)], [FIRED]),
    "the old API": ({"status": "success", "data": [alert(**API)]}, [FIRED]),
    "groups of the API": ([{"labels": {"alertname": "x"}, "receiver": {}, "alerts": [alert(**API)]}], [FIRED]),
    "Prometheus' own list": (
        {
            "status": "success",
            "data": {
                "alerts": [
                    {
                        "labels": STATELESS["labels"],
                        "annotations": STATELESS["annotations"],
                        "state": "firing",
                        "activeAt": STATELESS["startsAt"],
                        "value": "1",
                    }
                ]
            },
        },
        [FIRED],
    ),
    "wrapped": ({"received_at": 1772461921, "headers": {"host": "x"}, "body": webhook(alert())}, [FIRED]),
    "wrapped as a string": (
        {"payload": '{"alerts": [{"labels": {"alertname": "Low"}, "startsAt": "2026-03-02T14:32:00+01:00"}]}'},
        [("2026-03-02T13:32:00Z", "Alertmanager", "Low fired")],
    ),
    "nulls": (
        webhook(alert(annotations=None, endsAt=None, generatorURL=None)),
        [(*FIRED[:2], "FerryQueueFull fired on quay-1 (critical)")],
    ),
    "two alerts of one moment": (
        webhook(alert(), alert(fingerprint="bb22", labels={"alertname": "FerryQueueFull", "instance": "quay-2"})),
        [FIRED, (*FIRED[:2], "FerryQueueFull fired on quay-2: Cars wait longer than an hour")],
    ),
}


@pytest.mark.parametrize("case", ALERTMANAGER)
def test_read_timeline_alertmanager(case: str) -> None:
    payload, expected = ALERTMANAGER[case]

    reading = reading_of(payload)

    assert (reading.kind, told(reading), reading.warnings) == ("alertmanager", expected, [])


def test_read_timeline_alertmanager_reads_json_lines() -> None:
    lines = (
        '{"alerts": [{"labels": {"alertname": "A"}, "startsAt": 1772461920}]}\n'
        '{"alerts": [{"labels": {"alertname": "B"}, "startsAt": 1772461980000}]}\n'
    )

    assert clocks(reading_of(lines)) == ["03-02 14:32:00", "03-02 14:33:00"]


UNIFIED = {"orgId": 1, "state": "alerting", "title": "[FIRING:1]"}
LEGACY = {
    "ruleName": "Quay heat",
    "ruleId": 3,
    "ruleUrl": "https://grafana.example/r/3",
    "evalMatches": [{"metric": "heat", "value": 71}],
    "message": "Too hot",
}
GRAFANA: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "unified": (webhook(alert(valueString="[ var='A' ]"), **UNIFIED), [(FIRED[0], "Grafana", FIRED[2])]),
    "unified, resolved": (
        webhook(alert(**RESOLVED), **UNIFIED),
        [(FIRED[0], "Grafana", FIRED[2]), (ENDED[0], "Grafana", ENDED[2])],
    ),
    "legacy in an envelope that was dated": (
        {"received_at": "2026-03-02T14:32:00Z", "body": {**LEGACY, "state": "alerting"}},
        [("2026-03-02T14:32:00Z", "Grafana", "Quay heat fired: Too hot. heat = 71")],
    ),
    "annotations": (
        [
            {
                "id": 1,
                "dashboardId": 2,
                "time": 1772461920000,
                "timeEnd": 1772461920000,
                "text": "",
                "alertName": "Quay heat",
                "newState": "alerting",
                "prevState": "ok",
            },
            {
                "id": 2,
                "dashboardId": 2,
                "time": 1772463720000,
                "text": "Deploy <b>4.2</b>",
                "login": "mira",
                "tags": ["deploy"],
            },
        ],
        [("2026-03-02T14:32:00Z", "Grafana", "Quay heat fired"), ("2026-03-02T15:02:00Z", "mira", "Deploy 4.2")],
    ),
    "an alert group of OnCall": (
        {
            "event": {"type": "resolve", "time": "2026-03-02T15:02:00Z"},
            "user": {"username": "mira"},
            "alert_group": {
                "id": "I1",
                "title": "Quay heat",
                "created_at": "2026-03-02T14:32:00Z",
                "acknowledged_at": None,
                "resolved_at": "2026-03-02T15:02:00Z",
            },
        },
        [
            ("2026-03-02T14:32:00Z", "Grafana OnCall", "Quay heat fired"),
            ("2026-03-02T15:02:00Z", "mira", "Quay heat resolved"),
        ],
    ),
}


@pytest.mark.parametrize("case", GRAFANA)
def test_read_timeline_grafana(case: str) -> None:
    payload, expected = GRAFANA[case]

    reading = reading_of(payload)

    assert (reading.kind, told(reading)) == ("grafana", expected)


def test_read_timeline_grafana_leaves_aside_what_carries_no_time() -> None:
    reading = reading_of({**LEGACY, "state": "ok"})

    assert reading.events == []
    assert left_out(reading) == [("Quay heat is OK again: Too hot. heat = 71", "It carries no time")]


def hook(action: str, **facts: Any) -> dict[str, Any]:
    known = {
        "alertId": "a-1",
        "tinyId": "7",
        "message": "Ferry queue full",
        "createdAt": 1772461920123,
        "updatedAt": 1772461980456000001,
        "username": "mira@harbour.example",
    }
    return {"action": action, "alert": {**known, **facts}, "source": {"type": "web"}, "integrationName": "Webhook"}


OPSGENIE: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "created": (
        hook("Create"),
        [("2026-03-02T14:32:00.123000Z", "mira@harbour.example", "Alert created: Ferry queue full")],
    ),
    "acknowledged": (
        hook("Acknowledge"),
        [("2026-03-02T14:33:00.456000Z", "mira@harbour.example", "Acknowledged: Ferry queue full")],
    ),
    "a note": (
        hook("AddNote", note="Opened lane 3"),
        [("2026-03-02T14:33:00.456000Z", "mira@harbour.example", "Note: Opened lane 3 (Ferry queue full)")],
    ),
    "assigned": (
        hook("AssignOwnership", owner="jonas"),
        [("2026-03-02T14:33:00.456000Z", "mira@harbour.example", "Assigned to jonas: Ferry queue full")],
    ),
    "priority": (
        hook("UpdatePriority", oldPriority="P3", priority="P1"),
        [("2026-03-02T14:33:00.456000Z", "mira@harbour.example", "Priority changed from P3 to P1: Ferry queue full")],
    ),
    "an alert of the API": (
        {
            "data": {
                "id": "a-1",
                "tinyId": "7",
                "message": "Ferry queue full",
                "status": "closed",
                "createdAt": "2026-03-02T14:32:00Z",
                "updatedAt": "2026-03-02T15:10:00Z",
                "source": "sensor",
                "report": {"ackTime": 60000, "closeTime": 1800000, "acknowledgedBy": "mira", "closedBy": "jonas"},
            },
            "took": 0.1,
            "requestId": "r",
        },
        [
            ("2026-03-02T14:32:00Z", "sensor", "Alert created: Ferry queue full"),
            ("2026-03-02T14:33:00Z", "mira", "Acknowledged: Ferry queue full"),
            ("2026-03-02T15:02:00Z", "jonas", "Alert closed: Ferry queue full"),
        ],
    ),
    "its log": (
        {
            "data": [
                {
                    "log": "Alert acknowledged via web",
                    "type": "system",
                    "owner": "mira",
                    "createdAt": "2026-03-02T14:33:00Z",
                    "offset": "2_1",
                },
                {
                    "log": "Alert created via API",
                    "type": "system",
                    "owner": "System",
                    "createdAt": "2026-03-02T14:32:00Z",
                    "offset": "1_1",
                },
            ],
            "paging": {},
            "took": 0.1,
        },
        [
            ("2026-03-02T14:32:00Z", "Opsgenie", "Alert created via API"),
            ("2026-03-02T14:33:00Z", "mira", "Alert acknowledged via web"),
        ],
    ),
    "its notes": (
        {
            "data": [{"note": "Opened lane 3", "owner": "mira", "createdAt": "2026-03-02T14:40:00Z", "offset": "9"}],
            "requestId": "r",
        },
        [("2026-03-02T14:40:00Z", "mira", "Opened lane 3")],
    ),
    "sent twice": (
        [hook("Close"), hook("Close")],
        [("2026-03-02T14:33:00.456000Z", "mira@harbour.example", "Alert closed: Ferry queue full")],
    ),
}


@pytest.mark.parametrize("case", OPSGENIE)
def test_read_timeline_opsgenie(case: str) -> None:
    payload, expected = OPSGENIE[case]

    reading = reading_of(payload)

    assert (reading.kind, told(reading)) == ("opsgenie", expected)


def test_read_timeline_opsgenie_leaves_out_tags() -> None:
    reading = reading_of(hook("AddTags", addedTags="night"))

    assert left_out(reading) == [("Tags added: Ferry queue full", "Tags and details, nothing that happened")]


def test_read_timeline_naive_times_of_a_payload_are_of_the_zone_asked_for() -> None:
    payload = webhook(alert(startsAt="2026-03-02 14:32:00"))

    assert clocks(reading_of(payload, zone=ZoneInfo("Europe/Berlin"))) == ["03-02 13:32:00"]
