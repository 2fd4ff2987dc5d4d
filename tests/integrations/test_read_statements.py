"""Times, figures and marks that a document states: taken where they can mean one thing, else left alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.documents import Reading, read
from integrations.documents.columns import Row, apart
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
        ("Repaired: 15:05 UTC", "mitigated_at", "15:05"),
        ("Service restored: 15:20 UTC", "mitigated_at", "15:20"),
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
        "Time to mitigate: 1h 5m",
        "Detected: ~14:05 UTC",
        "Detected: YYYY-MM-DD HH:MM",
    ],
)
def test_read_leaves_a_time_unknown_that_is_not_stated_for_sure(line: str) -> None:
    assert told(line).instants == {}


def test_read_counts_no_duration_from_a_start_that_was_guessed() -> None:
    reading = read("# T\n\nTime to detect: 5 minutes\n\n## Timeline (UTC)\n\n- 2026-03-02 14:00: a\n- 14:30: b\n")

    assert (reading.started_at, reading.instants) == (datetime(2026, 3, 2, 14, tzinfo=UTC), {})


def test_read_takes_the_start_of_the_impact_for_the_start_only_where_no_other_is_named() -> None:
    felt = "# T\n\nFirst impact: 2026-03-02 14:05 UTC\nResolved: 2026-03-02 15:00 UTC\n"

    starts = [read(text).started_at for text in (felt, f"{felt}Started: 2026-03-02 14:00 UTC\n")]

    assert starts == [datetime(2026, 3, 2, 14, 5, tzinfo=UTC), datetime(2026, 3, 2, 14, 0, tzinfo=UTC)]


def test_read_says_so_where_the_time_of_detection_stands_for_the_start() -> None:
    reading = read("# T\n\nDetected: 2026-03-02 14:00 UTC\nResolved: 2026-03-02 15:00 UTC\n")

    assert reading.started_at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert "detected_at" not in reading.instants
    assert any(warning.startswith("No start is stated") for warning in reading.warnings)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("14:05 First alert received", {"detected_at": "14:05"}),
        ("14:05 Issue detected and confirmed", {"detected_at": "14:05"}),
        ("14:05 **Detected**: gates stay shut", {"detected_at": "14:05"}),
        ("14:01 First report of shut gates\n- 14:05 First alert received", {"first_report_at": "14:01"}),
        ("14:06 gate-5xx alert fires: too many errors", {"detected_at": "14:06"}),
        ("14:06 An alert fired\n- 14:20 A second alert fired", {"detected_at": "14:06"}),
        ("14:03 Customers report shut gates\n- 14:06 gate-5xx alert fires", {}),
        ("14:09 Bob is up. Page acknowledged", {"acknowledged_at": "14:09"}),
        ("14:30 @ann: Root cause identified, the disk is full", {"understood_at": "14:30"}),
        ("14:30 [ann] found the reason for the outage", {"understood_at": "14:30"}),
        ("14:40 Decision made to roll back", {"recovery_decided_at": "14:40"}),
        ("15:00 Incident mitigated", {"mitigated_at": "15:00"}),
    ],
)
def test_read_takes_a_time_from_an_entry_that_names_the_moment(entries: str, expected: dict[str, str]) -> None:
    instants = told(f"## Timeline (UTC)\n\n- 14:00 Gates stay shut\n- {entries}\n- 15:30 Quiet").instants

    assert {name: f"{one.value:%H:%M}" for name, one in instants.items()} == expected


@pytest.mark.parametrize(
    "entries",
    [
        "14:05 Incident not detected by any alert",
        "14:30 Possible root cause identified",
        "14:30 Root cause identified: the disk\n- 14:50 Root cause identified: the lock after all",
        "15:00 Incident partially mitigated",
        "14:09 The vendor acknowledged the incident",
        "~14:05 First alert received",
    ],
)
def test_read_takes_no_time_from_an_entry_that_leaves_a_doubt(entries: str) -> None:
    assert told(f"## Timeline (UTC)\n\n- 14:00 Gates stay shut\n- {entries}\n- 15:30 Quiet").instants == {}


def test_read_believes_a_label_more_than_the_timeline() -> None:
    reading = told(
        "Detected: 14:05 UTC\n\n## Timeline (UTC)\n\n- 14:00 Gates shut\n- 14:07 First alert received\n- 15:30 Quiet"
    )

    assert f"{reading.instants['detected_at'].value:%H:%M}" == "14:05"


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
        ("Users affected: 12,400 (8.2 %)", {"users_affected_count": 12400, "users_affected_percent": Decimal("8.2")}),
        ("Affected customers: 305 teams running version 4", {"users_affected_count": 305}),
        ("Users affected: about 15% of active users", {"users_affected_percent": Decimal(15)}),
        ("Users affected: all", {"users_affected_percent": Decimal(100)}),
        ("Customers affected: none", {"users_affected_count": 0}),
        ("Revenue impact: 45,000 USD (estimated)", {"revenue_lost": Decimal(45000), "currency": "USD"}),
        ("SLA: Breached", {"is_sla_breached": True}),
        ("Data: none exposed or lost.", {"is_data_lost": False, "is_data_exposed": False}),
        ("User impact: Nobody could\nbuy a ticket.", {"user_experience": "Nobody could buy a ticket."}),
        ("Some 40 customers were affected.", {"users_affected_count": 40}),
        ("No users were affected.", {"users_affected_count": 0}),
        ("We had 400 requests per second, which led to about 3.7M failed requests.", {"failed_requests_count": 3_700_000}),
        ("An estimated 1.21B queries were lost.", {"failed_requests_count": 1_210_000_000}),
        ("Six hours of data were lost.", {"is_data_lost": True}),
        ("In all 31 support tickets were opened.", {"support_tickets_count": 31}),
        ("The site was completely unavailable.", {"experience": "complete"}),
        ("Users saw intermittent errors.", {"experience": "intermittent"}),
        ("Outage type: full outage", {"experience": "complete"}),
        ("failed_requests_count: 48210", {"failed_requests_count": 48210}),
        ("| Impact | About 900 requests failed |\n|---|---|", {"failed_requests_count": 900}),
        ("Services: gates\nAffected systems: tills", {"systems": "tills"}),
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
        "Data loss: Yes / No",
        "Data loss: No, except for the cache",
        "Users affected: 18,000+",
        "User impact: high",
        "Two of 900 customers were affected.",
        "Between 40 and 50 customers were affected.",
        "At least 40 customers were affected.",
        "Redis was completely unavailable.",
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Contributing factors\n\n- No limit on the queue\n- Nobody saw the graph", [
            ("factor", "No limit on the queue"), ("factor", "Nobody saw the graph")]),
        ("## Contributing factors\n\n1. **No limit:** It could grow.\n2. No alert at all", [
            ("factor", "No limit"), ("factor", "No alert at all")]),
        ("## Root causes\n\n- A lock was held for hours", [("root", "A lock was held for hours")]),
        ("## Root cause\n\nA lock was held\nfor hours.", [("root", "A lock was held for hours.")]),
        ("**Root cause:** A lock was held for hours.", [("root", "A lock was held for hours.")]),
        ("**Root cause:** A held lock.\n\n## Why\n\n**Root cause:** A lock was held.", [("root", "A held lock.")]),
        ("## Root cause\n\nUnknown at this time.", []),
        ("## Root cause\n\n*Say what the cause was.*", []),
        ("## Root cause\n\nHuman error at the console.", []),
        ("## Root cause\n\nA lock was held.\n\nThen the queue grew.\n\n- step one\n- step two", []),
        ("## Root cause\n\n" + "It is a long story. " * 20, []),
        ("## Root cause A\n\nThe root cause is not told here.", []),
        ("## Contributing factors\n\n- [Factor]\n- TBD", []),
        ("## Causes noted\n\n- A lock is held\n  - Kind: root cause\n- No alert\n  - Kind: contributing factor", [
            ("root", "A lock is held"), ("factor", "No alert")]),
        ("## Contributing factors\n\n- One\n\n## Contributing factors\n\n- Another incident's", []),
    ],
)  # fmt: skip
def test_read_takes_causes_that_are_listed_or_stated_in_a_line(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.text) for one in told(text).causes] == expected


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
        ("Category: Security incident", "security", False),
        ("Category: Process", None, False),
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
        "Ann shares the words of user reports.",
        "Incident declared mitigated",
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


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Gates shut (Who: Ann)", Row("Gates shut", who="Ann")),
        ("Gates shut (Who: Ann; Kind: Detection; Effect: a queue)", Row("Gates shut", "Ann", "detection", "a queue")),
        (
            "Gates shut (Notes: see chat; Actor: Ann (on call))",
            Row("Gates shut (Notes: see chat)", who="Ann (on call)"),
        ),
        ("Gates shut (Type: weather)", Row("Gates shut (Type: weather)")),
        (f"Gates shut (Who: {'x' * 121})", Row(f"Gates shut (Who: {'x' * 121})")),
        ("Gates shut (by hand)", Row("Gates shut (by hand)")),
        ("Gates shut\n\n- Who: Ann\n- Kind: detection\n- Note: x", Row("Gates shut\n\n- Note: x", "Ann", "detection")),
        ("(Who: Ann)", Row("(Who: Ann)")),
    ],
)
def test_read_takes_the_columns_of_an_entry_apart(text: str, row: Row) -> None:
    assert apart(text) == row


def test_read_believes_the_kind_that_a_column_names() -> None:
    table = "| Time | Event | Kind |\n|---|---|---|\n| 14:00 | Gates shut | Detection |\n| 14:05 | Rolled back | Decision |\n"

    assert [event.kind for event in told(f"## Timeline (UTC)\n\n{table}").timeline] == ["detection", "decision"]
