"""Times, figures and marks that a document states: taken where they can mean one thing, else left alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.documents import Reading, read
from integrations.documents.event_kinds import event_kind_of

HEAD = "# Gates stayed shut\n\nDate: 2026-03-02\nStarted: 14:00 UTC\nResolved: 16:00 UTC\n\n"


def told(text: str) -> Reading:
    return read(f"{HEAD}{text}\n")


def figures(text: str) -> dict[str, Any]:
    return {name: stated.value for name, stated in told(text).impact.items()}


@pytest.mark.parametrize(
    ("line", "name", "clock"),
    [
        ("Detected: 14:05 UTC", "detected_at", "14:05"),
        ("**Acknowledged at:** 2026-03-02 14:07 UTC", "acknowledged_at", "14:07"),
        ("- First user impact: 14:01 UTC", "first_impact_at", "14:01"),
        ("First user report: 14:09 UTC, by phone", "first_report_at", "14:09"),
        ("| What | When |\n|---|---|\n| Mitigated | 15:10 UTC |", "mitigated_at", "15:10"),
        ("Root cause found: 14:40 UTC", "understood_at", "14:40"),
        ("Rollback decided: x\nDecision to roll back: no\nRecovery decided: 14:50 UTC", "recovery_decided_at", "14:50"),
        ("Time to detect: 12 minutes", "detected_at", "14:12"),
        ("Time to mitigate: 1h 5m", "mitigated_at", "15:05"),
    ],
)
def test_read_takes_a_time_that_stands_beside_its_name(line: str, name: str, clock: str) -> None:
    instants = told(line).instants

    assert {key: f"{one.value.astimezone(UTC):%H:%M}" for key, one in instants.items()} == {name: clock}


@pytest.mark.parametrize(
    "line",
    [
        "Detected: by a customer",
        "Detected: around 14:05 UTC",
        "Mitigated: 14:40 UTC (partially)",
        "Detected: 14:05 UTC\nDetected at: 14:25 UTC",
        "We detected it at 14:05 UTC.",
        "Time to detect: N/A",
        "Time to detect: 5–10 minutes",
        "Detected: YYYY-MM-DD HH:MM",
    ],
)
def test_read_leaves_a_time_unknown_that_is_not_stated_for_sure(line: str) -> None:
    assert told(line).instants == {}


def test_read_counts_no_duration_from_a_start_that_was_guessed() -> None:
    reading = read("# T\n\nTime to detect: 5 minutes\n\n## Timeline (UTC)\n\n- 2026-03-02 14:00: a\n- 14:30: b\n")

    assert (reading.started_at, reading.instants) == (datetime(2026, 3, 2, 14, tzinfo=UTC), {})


def test_read_sees_no_instant_detection_where_the_start_is_only_its_time() -> None:
    reading = read("# T\n\nDetected: 2026-03-02 14:00 UTC\nResolved: 2026-03-02 15:00 UTC\n")

    assert (reading.started_at, reading.instants) == (datetime(2026, 3, 2, 14, tzinfo=UTC), {})


def test_read_keeps_a_time_that_only_this_incident_has_a_name_for() -> None:
    stated = told("Hotfix deployed: 15:20 UTC").own_instants["Hotfix deployed"]

    assert (stated.value - datetime(2026, 3, 2, 14, tzinfo=UTC), stated.words) == (timedelta(minutes=80), "15:20 UTC")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Users affected: 48,210", {"users_affected_count": 48210}),
        ("Users affected: ~12 %", {"users_affected_percent": Decimal(12)}),
        ("Affected customers: 1.2k (estimated)", {"users_affected_count": 1200}),
        ("Failed requests: 3.7M", {"failed_requests_count": 3_700_000}),
        ("Support tickets: 31", {"support_tickets_count": 31}),
        ("Lost revenue: €18,400.50", {"revenue_lost": Decimal("18400.50"), "currency": "EUR"}),
        ("SLA breached: no", {"is_sla_breached": False}),
        ("Data loss: None", {"is_data_lost": False}),
        ("Affected services: gates, tills", {"systems": "gates, tills"}),
        ("Launch delay: 12 days", {"delay_days": Decimal(12)}),
        ("Outage type: full outage", {"experience": "complete"}),
        ("About 12 % of users could not pay.", {"users_affected_percent": Decimal(12)}),
        ("It affected roughly 900 customers.", {"users_affected_count": 900}),
        ("In these two hours 48,210 requests failed.", {"failed_requests_count": 48210}),
        ("We paid $184,000 in refunds.", {"revenue_lost": Decimal(184_000), "currency": "USD"}),
        ("No customer data was lost. No data was exposed.", {"is_data_lost": False, "is_data_exposed": False}),
        ("There was no data loss.", {"is_data_lost": False}),
        ("In the end 1,204 records were lost.", {"is_data_lost": True, "records_affected_count": 1204}),
        ("We breached our SLA.", {"is_sla_breached": True}),
    ],
)  # fmt: skip
def test_read_takes_figures_that_are_stated_clearly(text: str, expected: dict[str, Any]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Users affected: many",
        "Users affected: TBD",
        "Users affected: 100-200",
        "Users affected: 1.200",
        "Users affected: 40 in Europe, 50 elsewhere",
        "Data loss: no one knows yet",
        "Revenue lost: 4,000",
        "Up to 12 % of users were affected.",
        "12 % of users were affected. In fact 14 % of users were affected.",
        "We ensured that no data was lost.",
        "As far as we know no data was lost.",
        "No data was lost in the EU region.",
        "There is no data loss protection.",
        "There is no evidence that data was exposed.",
        "40 requests failed every second.",
        "Last year 12 % of users were affected.",
        "We paid $4,000 in refunds and £200 in SLA credits.",
        "78 % of flag requests failed.",
        "## Action items\n\n- Explain why 48,210 requests failed",
    ],
)
def test_read_leaves_figures_unknown_that_are_vague_or_of_something_else(text: str) -> None:
    assert figures(text) == {}


def test_read_keeps_the_words_that_state_a_figure() -> None:
    assert told("Tills were slow. In all, **48,210** requests failed.").impact["failed_requests_count"].words == (
        "In all, 48,210 requests failed."
    )


def test_read_believes_a_label_more_than_a_sentence() -> None:
    assert figures("Users affected: 900\n\nIt affected 700 customers.") == {"users_affected_count": 900}


@pytest.mark.parametrize(
    ("text", "kind", "is_near_miss"),
    [
        ("Incident type: security breach", "security", False),
        ("Type of incident: Process failure", "process", False),
        ("Incident type: near miss", None, True),
        ("Near miss: yes", None, True),
        ("Near miss: no", None, False),
        ("We had a near miss in May.", None, False),
        ("Incident type: weather", None, False),
    ],
)
def test_read_takes_kind_and_near_miss_from_labels_only(text: str, kind: str | None, is_near_miss: bool) -> None:
    reading = told(text)

    assert (reading.kind, reading.is_near_miss) == (kind, is_near_miss)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Latency alert for the gates fired.", "detection"),
        ("Customers report that gates stay shut", "detection"),
        ("**Detected**: gates stay shut", "detection"),
        ("[Mitigation] The old release is back", "mitigation"),
        ("Rolled back the release.", "mitigation"),
        ("@ann restarted the gate keeper", "mitigation"),
        ("The hotfix was deployed to all gates", "mitigation"),
        ("All gates work. Service fully restored.", "recovery"),
        ("Incident resolved", "recovery"),
        ("Posted an update on the status page.", "communication"),
        ("Merchants were informed by mail", "communication"),
        ("Root cause identified: the lock of the table", "diagnosis"),
        ("Decision made to close the hall", "decision"),
        ("Incident declared", "decision"),
        ("Bob was paged", "escalation"),
    ],
)
def test_read_names_the_kind_of_an_event_whose_words_mean_one(text: str, kind: str) -> None:
    assert event_kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Latency alert fired: the release was rolled back.",
        "The rollback did not help.",
        "The alert should have fired.",
        "Users report that it works again",
        "Added alert detection to the gate keeper",
        "Triggered a new sync",
        "The node restarts",
        "Service partially restored",
        "Possible root cause identified",
        "Resolution: expected by noon",
        "Found the disk full.",
        "",
    ],
)
def test_read_leaves_the_kind_of_an_event_open_where_its_words_may_mean_another(text: str) -> None:
    assert event_kind_of(text) == "other"


@pytest.mark.parametrize("text", ["1," * 50_000, "affected " * 20_000, "no " * 30_000 + "data", "9 " * 40_000])
def test_read_of_hostile_lines_comes_to_an_end_with_nothing_found(text: str) -> None:
    assert told(text).impact == {}
