"""Shapes that payloads of other installations turned out to have. Every payload was written for this test."""

from typing import Any

import pytest

from tests.integrations.timeline_files import left_out, reading_of, told

AT = "2026-03-02T14:32:00Z"
MIRA = {"id": "PM", "type": "user_reference", "summary": "Mira Okafor"}


def log_entry(name: str, at: str = AT, **facts: Any) -> dict[str, Any]:
    incident = {"id": "P1", "type": "incident_reference", "summary": "[#7] Crane stuck"}
    return {"id": name, "type": f"{name}_log_entry", "created_at": at, "agent": MIRA, "incident": incident, **facts}


def update(number: int, status: str, body: str) -> dict[str, Any]:
    return {"id": f"u{number}", "status": status, "body": body, "created_at": f"2026-03-02T14:3{number}:00Z"}


CASES: dict[str, tuple[Any, str, list[tuple[str, str, str]]]] = {
    "the log of an incident, newest first": (
        {
            "log_entries": [
                log_entry("resolve", "2026-03-02T15:00:00Z", note="Greased the rail"),
                log_entry("assign", assignees=[MIRA]),
                log_entry("trigger"),
            ]
        },
        "pagerduty_log_entries",
        [
            (AT, "Mira Okafor", "Triggered: Crane stuck"),
            (AT, "Mira Okafor", "Assigned to Mira Okafor: Crane stuck"),
            ("2026-03-02T15:00:00Z", "Mira Okafor", "Resolved: Crane stuck. Greased the rail"),
        ],
    ),
    "a page that tells its channel": (
        {
            "log_entries": [
                log_entry("notify", agent=None, user=MIRA, channel={"type": "auto", "notification": {"type": "sms"}})
            ]
        },
        "pagerduty_log_entries",
        [(AT, "PagerDuty", "Notified Mira Okafor by sms: Crane stuck")],
    ),
    "updates for stakeholders": (
        {"status_updates": [{"id": "S1", "message": "The crane moves again.", "created_at": AT, "sender": MIRA}]},
        "pagerduty_log_entries",
        [(AT, "Mira Okafor", "Status update: The crane moves again.")],
    ),
    "an incident's own timeline at Opsgenie": (
        {
            "data": {
                "entries": [
                    {
                        "id": "e1",
                        "group": "OTHER",
                        "type": "IncidentCreated",
                        "eventTime": AT,
                        "hidden": False,
                        "actor": {"name": "Mira Okafor", "type": "user"},
                        "title": {"type": "normal", "content": "Incident opened by hand"},
                    }
                ]
            },
            "took": 0.2,
            "requestId": "r1",
        },
        "opsgenie",
        [(AT, "Mira Okafor", "Incident opened by hand")],
    ),
    "several incidents of a status page": (
        {
            "page": {"id": "k"},
            "incidents": [
                {"id": "a", "name": "Ferries late", "incident_updates": [update(1, "identified", "Fog.")]},
                {"id": "b", "name": "Tickets fail", "incident_updates": [update(2, "resolved", "They sell again.")]},
            ],
        },
        "statuspage",
        [
            ("2026-03-02T14:31:00Z", "Status page", "Status page, identified: Ferries late. Fog."),
            ("2026-03-02T14:32:00Z", "Status page", "Status page, resolved: Tickets fail. They sell again."),
        ],
    ),
    "updates of an incident at a tool that is no status page": (
        {
            "incident_updates": [
                {
                    "id": "1",
                    "created_at": AT,
                    "message": "Fix on its way",
                    "new_incident_status": {"name": "Fixing"},
                    "updater": {"user": {"name": "Mira Okafor"}},
                }
            ]
        },
        "json",
        [(AT, "Mira Okafor", "Fix on its way")],
    ),
    "a title beside the words": (
        {
            "events": [
                {
                    "title": "[Triggered] Crane stuck",
                    "text": "load above 90 %",
                    "date_happened": 1772461920,
                    "host": "c1",
                }
            ]
        },
        "json",
        [(AT, "c1", "[Triggered] Crane stuck: load above 90 %")],
    ),
    "two alerts with one fingerprint": (
        {
            "version": "4",
            "groupKey": "g",
            "receiver": "r",
            "alerts": [
                {
                    "status": "firing",
                    "labels": {"alertname": "Late", "quay": quay},
                    "fingerprint": "same",
                    "startsAt": AT,
                }
                for quay in ("1", "2")
            ],
        },
        "alertmanager",
        [(AT, "Alertmanager", "Late fired"), (AT, "Alertmanager", "Late fired")],
    ),
    "a silence": (
        [
            {
                "id": "s1",
                "matchers": [{"name": "alertname", "value": "Late", "isRegex": False}],
                "startsAt": AT,
                "endsAt": "2026-03-02T16:32:00Z",
                "createdBy": "mira",
                "comment": "Fog, known",
                "status": {"state": "active"},
            }
        ],
        "alertmanager",
        [(AT, "mira", "Silenced alertname=Late: Fog, known")],
    ),
    "one message as an event": (
        {
            "type": "event_callback",
            "event_time": 1772461920,
            "event": {
                "type": "message",
                "channel": "C1",
                "user": "U1",
                "text": "rail is greased",
                "ts": "1772461920.0001",
            },
        },
        "slack_export",
        [("2026-03-02T14:32:00.000100Z", "U1", "rail is greased")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_read_timeline_takes_a_payload_in_its_other_shapes(case: str) -> None:
    payload, kind, expected = CASES[case]

    reading = reading_of(payload)

    assert reading.kind == kind
    assert told(reading) == expected


def test_read_timeline_leaves_out_what_a_tool_itself_hides() -> None:
    entry = {"id": "e1", "type": "X", "eventTime": AT, "hidden": True, "title": {"content": "Typing error"}}

    reading = reading_of({"entries": [entry]})

    assert left_out(reading) == [("Typing error", "Hidden in the incident's own timeline")]
