"""PagerDuty, status pages and GitHub. Every payload was written for this test."""

from typing import Any

import pytest

from tests.integrations.timeline_files import left_out, reading_of, told

MIRA = {"id": "P1", "type": "user_reference", "summary": "Mira Okafor"}
JONAS = {"id": "P2", "type": "user_reference", "summary": "Jonas Weber"}
INCIDENT = {
    "id": "Q1",
    "type": "incident_reference",
    "summary": "[#33] Ferry queue full",
    "html_url": "https://pd.example/i/Q1",
}


def entry(kind: str, at: str, **facts: Any) -> dict[str, Any]:
    return {
        "id": f"R{kind}{at}",
        "type": f"{kind}_log_entry",
        "created_at": f"2026-03-02T{at}Z",
        "agent": MIRA,
        "incident": INCIDENT,
        **facts,
    }


LOG = [
    entry("resolve", "15:02:00"),
    entry("annotate", "14:50:00", channel={"type": "note", "summary": "Opened lane 3"}),
    entry("acknowledge", "14:35:00", agent=JONAS),
    entry("notify", "14:33:20", user=JONAS, channel={"type": "phone"}),
    entry("notify", "14:33:00", user=JONAS, channel={"type": "sms"}),
    entry("assign", "14:32:01", assignees=[JONAS], agent={"type": "service_reference", "summary": "Quay"}),
    entry("trigger", "14:32:00", agent={"summary": "Quay"}, channel={"type": "api", "details": "Sensor 4"}),
]
TOLD = [
    ("14:32:00", "Quay", "Triggered: Ferry queue full: Sensor 4"),
    ("14:32:01", "Quay", "Assigned to Jonas Weber: Ferry queue full"),
    ("14:33:00", "Mira Okafor", "Notified Jonas Weber by sms: Ferry queue full"),
    ("14:35:00", "Jonas Weber", "Acknowledged: Ferry queue full"),
    ("14:50:00", "Mira Okafor", "Note: Opened lane 3"),
    ("15:02:00", "Mira Okafor", "Resolved: Ferry queue full"),
]


def v3(event: str, at: str, **data: Any) -> dict[str, Any]:
    return {
        "event": {
            "id": f"E{at}",
            "event_type": event,
            "resource_type": "incident",
            "occurred_at": f"2026-03-02T{at}.250Z",
            "agent": MIRA,
            "client": None,
            "data": {"id": "Q1", "type": "incident", "title": "Ferry queue full", **data},
        }
    }


REST = {
    "incident_number": 33,
    "id": "Q1",
    "type": "incident",
    "title": "Ferry queue full",
    "status": "resolved",
    "created_at": "2026-03-02T14:32:00Z",
    "service": {"summary": "Quay"},
    "assignments": [
        {"at": "2026-03-02T14:32:01Z", "assignee": MIRA},
        {"at": "2026-03-02T14:44:00Z", "assignee": JONAS},
    ],
    "acknowledgements": [{"at": "2026-03-02T14:35:00Z", "acknowledger": MIRA}],
    "last_status_change_at": "2026-03-02T15:02:00Z",
    "last_status_change_by": JONAS,
}
PAGERDUTY: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "log entries": ({"log_entries": LOG, "limit": 25}, TOLD),
    "log entries as a bare list": (LOG, TOLD),
    "an incident of the API": (
        {"incident": REST},
        [
            ("14:32:00", "Quay", "Triggered: Ferry queue full (assigned to Mira Okafor)"),
            ("14:35:00", "Mira Okafor", "Acknowledged: Ferry queue full"),
            ("14:44:00", "PagerDuty", "Assigned to Jonas Weber: Ferry queue full"),
            ("15:02:00", "Jonas Weber", "Resolved: Ferry queue full"),
        ],
    ),
    "webhooks of the second version": (
        {
            "messages": [
                {
                    "id": "m1",
                    "event": "incident.acknowledge",
                    "created_on": "2026-03-02T14:35:00Z",
                    "incident": {**REST, "last_status_change_by": MIRA},
                }
            ]
        },
        [("14:35:00", "Mira Okafor", "Acknowledged: Ferry queue full")],
    ),
    "webhooks of the first version": (
        {
            "messages": [
                {
                    "type": "incident.trigger",
                    "id": "m1",
                    "created_on": "2026-03-02T14:32:00Z",
                    "data": {
                        "incident": {
                            "incident_number": 3,
                            "trigger_summary_data": {"subject": "Ferry queue full"},
                            "service": {"name": "Quay"},
                        }
                    },
                }
            ]
        },
        [("14:32:00", "Quay", "Triggered: Ferry queue full")],
    ),
    "notes": (
        {"notes": [{"id": "N1", "content": "Opened lane 3", "created_at": "2026-03-02T15:50:00+01:00", "user": MIRA}]},
        [("14:50:00", "Mira Okafor", "Note: Opened lane 3")],
    ),
    "an unknown kind of log entry": (
        {"log_entries": [entry("field_value_change", "14:40:00", incident=None, summary="Runbook set")]},
        [("14:40:00", "Mira Okafor", "Field value change: Runbook set")],
    ),
}


@pytest.mark.parametrize("case", PAGERDUTY)
def test_read_timeline_pagerduty(case: str) -> None:
    payload, expected = PAGERDUTY[case]

    reading = reading_of(payload)

    assert [(at[11:19], who, text) for at, who, text in told(reading)] == expected
    assert reading.kind == "pagerduty_log_entries"


V3 = {
    "incident.triggered": ({}, "Triggered: Ferry queue full"),
    "incident.escalated": ({"assignees": [JONAS]}, "Escalated to Jonas Weber: Ferry queue full"),
    "incident.reassigned": ({"assignees": [JONAS, MIRA]}, "Reassigned to Jonas Weber, Mira Okafor: Ferry queue full"),
    "incident.priority_updated": ({"priority": None}, "Priority changed to none: Ferry queue full"),
    "incident.annotated": ({"content": "Opened <b>lane 3</b>", "incident": INCIDENT}, "Note: Opened lane 3"),
    "incident.status_update_published": ({"message": "Ferries run again"}, "Status update: Ferries run again"),
    "incident.workflow.started": ({"title": None, "summary": "Call the harbour"}, "Workflow started: Call the harbour"),
}


@pytest.mark.parametrize("event", V3)
def test_read_timeline_pagerduty_webhooks_of_the_third_version(event: str) -> None:
    data, expected = V3[event]

    reading = reading_of([v3(event, "14:32:00", **data), v3(event, "14:32:00", **data)])

    assert told(reading) == [("2026-03-02T14:32:00.250000Z", "Mira Okafor", expected)]
    assert reading.kind == "pagerduty_webhook_v3"


def test_read_timeline_pagerduty_leaves_out_a_test_of_the_webhook() -> None:
    reading = reading_of(v3("pagey.ping", "14:32:00", title=None, message="Hello from your friend Pagey!"))

    assert [entry.left_out for entry in reading.entries] == [
        "About a service or a test of the webhook, not an incident"
    ]


UPDATES = [
    {
        "id": "u2",
        "status": "resolved",
        "body": "Ferries run again.",
        "display_at": "2026-03-02T15:02:00Z",
        "created_at": "2026-03-02T15:03:00Z",
    },
    {
        "id": "u1",
        "status": "investigating",
        "body": "<p>We look into <b>queues</b></p>",
        "created_at": "2026-03-02T14:32:00.123+00:00",
    },
]
PAGE = {"id": "p", "status_indicator": "none"}
STATUS = {
    "id": "i1",
    "name": "Ferry queues",
    "status": "resolved",
    "impact": "major",
    "created_at": "2026-03-02T14:32:00Z",
    "shortlink": "https://stspg.example/1",
    "incident_updates": UPDATES,
}
WRITTEN = [
    ("2026-03-02T14:32:00.123000Z", "Status page", "Status page, investigating: We look into queues"),
    ("2026-03-02T15:02:00Z", "Status page", "Status page, resolved: Ferries run again."),
]


@pytest.mark.parametrize(
    "payload",
    [
        {"meta": {}, "page": PAGE, "incident": STATUS},
        {"page": PAGE, "incidents": [STATUS]},
        [STATUS],
        STATUS,
        {"event": {"page": PAGE, "incident": STATUS}},
        [{"page": PAGE, "incident": {**STATUS, "incident_updates": UPDATES[1:]}}, {"page": PAGE, "incident": STATUS}],
    ],
)
def test_read_timeline_statuspage_reads_an_incident_wherever_it_stands(payload: Any) -> None:
    reading = reading_of(payload)

    assert (reading.kind, told(reading)) == ("statuspage", WRITTEN)


def test_read_timeline_statuspage_leaves_out_components_and_maintenance() -> None:
    component = {
        "page": PAGE,
        "component": {"name": "Quay"},
        "component_update": {
            "created_at": "2026-03-02T14:32:00Z",
            "old_status": "operational",
            "new_status": "major_outage",
        },
    }
    planned = {
        "page": PAGE,
        "scheduled_maintenances": [
            {**STATUS, "scheduled_for": "2026-03-02T14:00:00Z", "incident_updates": UPDATES[:1]}
        ],
    }

    reading = reading_of([component, planned])

    assert reading.events == []
    assert left_out(reading) == [
        ("Quay went from operational to major outage", "A component's status, no update of an incident"),
        ("Status page, resolved: Ferries run again.", "A planned maintenance, no incident"),
    ]


def test_read_timeline_google_cloud_says_what_each_update_brought() -> None:
    incident = {
        "id": "abc",
        "number": "1",
        "begin": "2026-03-02T14:00:00+00:00",
        "end": None,
        "external_desc": "Disks are slow in europe-west1",
        "uri": "incidents/abc",
        "updates": [
            {
                "when": "2026-03-02T15:00:00+00:00",
                "status": "AVAILABLE",
                "text": "# Incident Report\n## Summary\nOn Monday disks were slow.\nMore.",
            },
            {
                "when": "2026-03-02T14:30:00+00:00",
                "status": "SERVICE_DISRUPTION",
                "text": "**Summary**\nDisks are slow\n**Description**\nWe see slow disks.\nA fix rolls out.\n**Diagnosis**\nNone",
            },
        ],
    }

    reading = reading_of([incident])

    assert told(reading) == [
        ("2026-03-02T14:00:00Z", "Google Cloud status", "Impact began: Disks are slow in europe-west1"),
        ("2026-03-02T14:30:00Z", "Google Cloud status", "Status page, disruption: We see slow disks. A fix rolls out."),
        (
            "2026-03-02T15:00:00Z",
            "Google Cloud status",
            "Status page, available again: Incident Report Summary: On Monday disks were slow. More.",
        ),
    ]
    assert [entry.source for entry in reading.events] == ["https://status.cloud.google.com/incidents/abc"] * 3


ISSUE = {
    "number": 4,
    "title": "Ferries stuck",
    "html_url": "https://git.example/i/4",
    "state": "closed",
    "user": {"login": "mira"},
    "body": "No ferry leaves.",
    "created_at": "2026-03-02T14:32:00Z",
    "updated_at": "2026-03-02T15:30:00Z",
    "closed_at": "2026-03-02T15:02:00Z",
    "closed_by": {"login": "jonas"},
    "comments": 2,
}
OPENED = ("2026-03-02T14:32:00Z", "mira", "Issue opened: Ferries stuck. No ferry leaves.")
CLOSED = ("2026-03-02T15:02:00Z", "jonas", "Closed: Ferries stuck")
COMMENT = {
    "id": 9,
    "html_url": "https://git.example/i/4#9",
    "issue_url": "x",
    "user": {"login": "sam"},
    "body": "Opened **lane 3**",
    "created_at": "2026-03-02T14:50:00Z",
}
SAID = ("2026-03-02T14:50:00Z", "sam", "Opened lane 3")
GITHUB: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "an issue of the API": (ISSUE, [OPENED, CLOSED]),
    "a list of issues": ([{**ISSUE, "closed_at": None}], [OPENED]),
    "a webhook: opened": ({"action": "opened", "issue": ISSUE, "sender": {"login": "mira"}}, [OPENED]),
    "a webhook: closed": ({"action": "closed", "issue": ISSUE, "sender": {"login": "jonas"}}, [CLOSED]),
    "a webhook: commented": (
        {"action": "created", "issue": ISSUE, "comment": COMMENT, "sender": {"login": "sam"}},
        [SAID],
    ),
    "a webhook: labelled": (
        {"action": "labeled", "issue": ISSUE, "label": {"name": "sev-1"}, "sender": {"login": "mira"}},
        [("2026-03-02T15:30:00Z", "mira", "Labelled “sev-1”: Ferries stuck")],
    ),
    "comments": ([COMMENT, {**COMMENT, "id": 10, "html_url": "https://git.example/i/4#10", "body": "thanks!"}], [SAID]),
    "a timeline": (
        [
            {"event": "commented", **COMMENT},
            {
                "event": "closed",
                "id": 1,
                "actor": {"login": "jonas"},
                "created_at": "2026-03-02T15:02:00Z",
                "commit_id": "0123456789abcdef",
            },
            {"event": "subscribed", "id": 2, "actor": {"login": "jonas"}, "created_at": "2026-03-02T15:02:00Z"},
            {
                "event": "labeled",
                "id": 3,
                "actor": {"login": "jonas"},
                "label": {"name": "docs"},
                "created_at": "2026-03-02T15:03:00Z",
            },
            {
                "event": "committed",
                "sha": "ff00",
                "message": "Open lane 3",
                "author": {"name": "Sam", "date": "2026-03-02T14:49:00Z"},
            },
        ],
        [
            ("2026-03-02T14:49:00Z", "Sam", "Commit Open lane 3"),
            SAID,
            ("2026-03-02T15:02:00Z", "jonas", "Closed (0123456789)"),
        ],
    ),
    "as the command line prints it": (
        {
            "title": "Ferries stuck",
            "author": {"login": "mira"},
            "body": "No ferry leaves.",
            "createdAt": "2026-03-02T14:32:00Z",
            "closedAt": None,
            "comments": [
                {
                    "author": {"login": "sam"},
                    "body": "Opened lane 3",
                    "createdAt": "2026-03-02T14:50:00Z",
                    "url": "u",
                    "authorAssociation": "MEMBER",
                }
            ],
        },
        [OPENED, SAID],
    ),
    "a pull request": (
        {**ISSUE, "head": {}, "merged_at": "2026-03-02T15:02:00Z", "merged_by": {"login": "jonas"}},
        [
            ("2026-03-02T14:32:00Z", "mira", "Pull request opened: Ferries stuck. No ferry leaves."),
            ("2026-03-02T15:02:00Z", "jonas", "Merged: Ferries stuck"),
        ],
    ),
}


@pytest.mark.parametrize("case", GITHUB)
def test_read_timeline_github(case: str) -> None:
    payload, expected = GITHUB[case]

    reading = reading_of(payload)

    assert (reading.kind, told(reading)) == ("github_issue", expected)
