"""Real payloads of other tools, with what a person counted in each by reading it."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from integrations.management.commands.score_importer import default_corpus
from integrations.timelines import read_path

PAYLOADS = default_corpus() / "payloads"
needs_payloads = pytest.mark.skipif(
    not (PAYLOADS / "INDEX.tsv").is_file(),
    reason="THE EXAM OF TIMELINES FROM FILES WAS NOT HELD: no payloads/ in the corpus beside the project; set DEBRIEF_CORPUS to it",
)

# kind of the file -> (events, left out), counted by hand.
COUNTED = {
    "alertmanager/prom2teams__with_common_items.json": ("alertmanager", 2, 0),
    "alertmanager/prometheus-msteams__prom_post_request.json": ("alertmanager", 1, 0),
    "alertmanager/zulip__alert.json": ("alertmanager", 2, 0),
    "gcp_status/cloud-incident-atlas__gcp.json": ("gcp_status", 27, 0),  # 12 and 11 updates; both began and ended.
    "github_issue/alertmanager-to-github__rest_issue.json": ("github_issue", 2, 0),
    "github_issue/octokit-webhooks__issue_comment_created.payload.json": ("github_issue", 1, 0),
    "github_issue/octokit-webhooks__issues_labeled.payload.json": ("github_issue", 1, 0),
    "github_issue/octokit-webhooks__issues_opened.payload.json": ("github_issue", 1, 0),
    "grafana/zulip__alert-9-mixed.json": ("grafana", 5, 0),  # Two fired and resolved, one only fired.
    "grafana/zulip__alert_ok.json": ("grafana", 0, 1),  # It carries no time at all.
    "grafana/zulip__alert_values_v11.json": ("grafana", 1, 0),
    "opsgenie/zulip__addnote.json": ("opsgenie", 1, 0),
    "opsgenie/zulip__close.json": ("opsgenie", 1, 0),
    "opsgenie/zulip__create.json": ("opsgenie", 1, 0),
    "pagerduty_log_entries/go-pagerduty__webhook_v2_trigger_with_log_entries.json": ("pagerduty_log_entries", 1, 0),
    "pagerduty_log_entries/port-ocean__incident_a.json": ("pagerduty_log_entries", 2, 0),
    "pagerduty_log_entries/port-ocean__incident_c.json": ("pagerduty_log_entries", 2, 0),
    "pagerduty_webhook_v3/zulip__annotated_v3.json": ("pagerduty_webhook_v3", 1, 0),
    "pagerduty_webhook_v3/zulip__priority_updated_v3.json": ("pagerduty_webhook_v3", 1, 0),
    "pagerduty_webhook_v3/zulip__resolved_v3.json": ("pagerduty_webhook_v3", 1, 0),
    "pagerduty_webhook_v3/zulip__triggered_v3.json": ("pagerduty_webhook_v3", 1, 0),
    "slack_export/hfaran/channels.json": ("slack_export", 0, 0),
    "slack_export/hfaran/integration_logs.json": ("slack_export", 0, 0),
    "slack_export/hfaran/users.json": ("slack_export", 0, 0),
    "slack_export/hfaran/traveling-sailor/2016-01-16.json": ("slack_export", 0, 5),  # Four joined, one app was added.
    "slack_export/hfaran/traveling-sailor/2016-02-07.json": ("slack_export", 3, 0),
    "slack_export/hfaran/traveling-sailor/2016-02-08.json": ("slack_export", 14, 0),
    "slack_export/hfaran/traveling-sailor/2016-03-25.json": ("slack_export", 8, 1),  # One only points up: "^".
    "slack_export/hfaran/traveling-sailor/2016-03-26.json": ("slack_export", 14, 0),
    "slack_export/hfaran/traveling-sailor/2016-03-27.json": ("slack_export", 8, 0),
    "slack_export/hfaran/traveling-sailor/2016-03-28.json": ("slack_export", 2, 0),
    "slack_export/hfaran/traveling-sailor/2016-03-29.json": ("slack_export", 1, 0),
    "slack_export/zulip__normal_thread.json": ("slack_export", 4, 0),
    "statuspage/zulip__component_status_update.json": ("statuspage", 0, 1),
    "statuspage/zulip__incident_created.json": ("statuspage", 1, 0),
    "statuspage/zulip__incident_update.json": ("statuspage", 2, 0),
}


def payloads() -> Iterator[str]:
    for line in (PAYLOADS / "INDEX.tsv").read_text().splitlines()[1:]:
        yield line.split("\t")[0]


@needs_payloads
def test_read_timeline_finds_in_every_payload_what_a_person_counted() -> None:
    found = {}
    for name in payloads():
        reading = read_path(PAYLOADS / name)
        found[name] = (reading.kind, len(reading.events), len(reading.skipped))

    assert found == COUNTED


@needs_payloads
def test_read_timeline_takes_a_folder_as_one_export() -> None:
    out = StringIO()

    call_command("read_timeline", PAYLOADS / "slack_export" / "hfaran", stdout=out)

    assert out.getvalue().splitlines()[0] == "hfaran: slack_export, 50 events, 6 left out"
