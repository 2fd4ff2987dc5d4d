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


@pytest.mark.parametrize("fault", ['{"time": "2026-03-02T14:33:00Z", "mess', "restarted by hand"], ids=["cut", "words"])
def test_read_timeline_of_a_log_with_an_object_a_line_reads_the_whole_ones(fault: str) -> None:
    line = '{{"time": "2026-03-02T14:3{}:00Z", "message": "{}"}}\n'

    reading = reading_of(line.format(2, "Crane stops") + fault + "\n" + line.format(5, "Rail greased"))

    assert [text for _, _, text in told(reading)] == ["Crane stops", "Rail greased"]
    assert reading.warnings == ["This begins like JSON but breaks off or errs on line 2: the rest was read."]


def test_read_timeline_of_a_log_painted_for_a_terminal() -> None:
    reading = reading_of(
        "\x1b[31m2026-03-02 14:32:00\x1b[0m Crane stops\n\x1b[1;32m2026-03-02 14:50:00\x1b[0m Rail greased\n"
    )

    assert [text for _, _, text in told(reading)] == ["Crane stops", "Rail greased"]


def test_read_timeline_of_times_in_several_zones_puts_them_in_one_order() -> None:
    reading = reading_of(
        "2026-03-02T09:50:00-05:00 Rail greased\n2026-03-02 15:35 +01:00 A driver calls\n2026-03-02 14:32 UTC Crane stops\n"
    )

    assert told(reading) == [
        ("2026-03-02T14:32:00Z", "", "Crane stops"),
        ("2026-03-02T14:35:00Z", "", "A driver calls"),
        ("2026-03-02T14:50:00Z", "", "Rail greased"),
    ]
