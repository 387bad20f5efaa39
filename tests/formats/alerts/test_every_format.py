"""Every format reads what its tool sends: what happened, of which alert, how bad, of what, since when."""

from datetime import UTC, datetime

import pytest

from kintsugi.core.alerts.event import Happening
from kintsugi.formats.alerts import FORMATS, SourceKind
from tests.formats.alerts.samples import FIXTURES, recordings, sample

TRIGGER, ACKNOWLEDGE, RESOLVE = Happening.TRIGGER, Happening.ACKNOWLEDGE, Happening.RESOLVE
ALARM = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-5xx"
AZURE = "/subscriptions/1/providers/Microsoft.AlertsManagement/alerts/b9"
EXPECTED = {
    "alertmanager/firing.json": (
        TRIGGER, "00c0ffee00c0ffee", "Checkout is slow", "critical", "checkout", "LatencyHigh",
    ),
    "grafana/unified.json": (TRIGGER, "57c6d9296de2ad39", "12,000 mails are waiting", "high", "mail", "Queue too long"),
    "grafana/no-data.json": (TRIGGER, "ab", "DatasourceNoData", "", "", "Queue too long"),
    "grafana/legacy.json": (TRIGGER, "org 2 rule 17", "Queue too long", "high", "mail", "Queue too long"),
    "grafana/legacy-ok.json": (RESOLVE, "org 2 rule 17", "Queue too long", "", "", "Queue too long"),
    "pagerduty/trigger.json": (TRIGGER, "disk/db1", "Disk of db1 is 95% full", "warning", "billing", "disk"),
    "pagerduty/acknowledge.json": (ACKNOWLEDGE, "disk/db1", "Alert without a name", "", "", ""),
    "pagerduty/resolve.json": (RESOLVE, "disk/db1", "Disk of db1 is 60% full", "info", "", ""),
    "pagerduty/events-v1.json": (TRIGGER, "srv01/HTTP", "HTTP on srv01 fails", "", "", ""),
    "opsgenie/create.json": (TRIGGER, "backup-billing", "Backups of billing failed", "P2", "billing", ""),
    "opsgenie/close.json": (RESOLVE, "backup-billing", "Alert without a name", "", "", ""),
    "opsgenie/webhook.json": (ACKNOWLEDGE, "backup-billing", "Backups of billing failed", "", "", ""),
    "cloudwatch/alarm.json": (TRIGGER, ALARM, "orders-5xx", "ALARM", "orders", "orders-5xx"),
    "cloudwatch/ok.json": (RESOLVE, ALARM, "orders-5xx", "OK", "orders", "orders-5xx"),
    "cloudwatch/insufficient.json": (TRIGGER, ALARM, "orders-5xx", "INSUFFICIENT_DATA", "orders", "orders-5xx"),
    "cloudwatch/raw.json": (TRIGGER, ALARM, "orders-5xx", "ALARM", "orders", "orders-5xx"),
    "cloudwatch/event-bridge.json": (TRIGGER, ALARM, "orders-5xx", "ALARM", "", "orders-5xx"),
    "cloudevents/structured.json": (
        TRIGGER, "/backup db1 com.example.backup", "The backup of db1 failed", "error", "billing", "com.example.backup",
    ),
    "cloudevents/resolved.json": (
        RESOLVE, "/backup db1 com.example.backup", "db1 com.example.backup.resolved", "", "", "com.example.backup",
    ),
    "datadog/triggered.json": (TRIGGER, "1f3a", "CPU is high", "P2", "", "monitor 7788"),
    "datadog/recovered.json": (RESOLVE, "1f3a", "CPU is high", "P2", "", "monitor 7788"),
    "sentry/issue-created.json": (TRIGGER, "1170820242", "TypeError: total is None", "error", "billing", "TypeError"),
    "sentry/issue-resolved.json": (RESOLVE, "1170820242", "TypeError: total is None", "error", "billing", "TypeError"),
    "sentry/event-alert.json": (TRIGGER, "1170820242", "TypeError: total is None", "error", "", "Many TypeErrors"),
    "sentry/metric-alert.json": (TRIGGER, "metric 70", "Critical: Error rate", "critical", "billing", "Error rate"),
    "newrelic/activated.json": (TRIGGER, "3ea1b5b6", "Apdex of checkout is low", "CRITICAL", "checkout", "Low apdex"),
    "newrelic/acknowledged.json": (
        ACKNOWLEDGE, "3ea1b5b6", "Apdex of checkout is low", "CRITICAL", "checkout", "Low apdex",
    ),
    "newrelic/closed.json": (RESOLVE, "3ea1b5b6", "Apdex of checkout is low", "CRITICAL", "checkout", "Low apdex"),
    "newrelic/channel.json": (TRIGGER, "incident 44", "High CPU: CPU > 90% on web-1", "WARNING", "web-1", "High CPU"),
    "zabbix/problem.json": (TRIGGER, "9001", "Load of db1 is high", "Disaster", "", "Load of {HOST.NAME} is high"),
    "zabbix/acknowledged.json": (
        ACKNOWLEDGE, "9001", "Load of db1 is high", "Disaster", "", "Load of {HOST.NAME} is high",
    ),
    "zabbix/recovery.json": (RESOLVE, "9001", "Load of db1 is high", "Disaster", "", "Load of {HOST.NAME} is high"),
    "pingdom/down.json": (TRIGGER, "check 803", "Shop is down", "HIGH", "", "Shop"),
    "pingdom/up.json": (RESOLVE, "check 803", "Shop is down", "HIGH", "", "Shop"),
    "uptimerobot/down.json": (TRIGGER, "784350743", "Shop is down", "", "", "Shop"),
    "uptimerobot/down.form": (TRIGGER, "784350743", "Shop is down", "", "", "Shop"),
    "uptimerobot/up.json": (RESOLVE, "784350743", "Shop is up", "", "", "Shop"),
    "uptimerobot/certificate.json": (
        TRIGGER, "784350743 certificate", "Shop has a certificate that expires soon", "", "", "Shop",
    ),
    "azuremonitor/fired.json": (TRIGGER, AZURE, "cpu-high on vm1", "error", "billing", "cpu-high"),
    "azuremonitor/resolved.json": (RESOLVE, AZURE, "cpu-high on vm1", "error", "billing", "cpu-high"),
    "gcpmonitoring/open.json": (TRIGGER, "0.mabc", "CPU of web-1", "Critical", "checkout", "CPU over 90%"),
    "gcpmonitoring/closed.json": (RESOLVE, "0.mabc", "CPU of web-1", "Critical", "checkout", "CPU over 90%"),
    "checkly/failure.json": (TRIGGER, "927a", "Login has failed", "error", "Shop", "Login"),
    "checkly/recovery.json": (RESOLVE, "927a", "Login has recovered", "", "Shop", "Login"),
    "generic/firing.json": (TRIGGER, "disk-db1", "Disk of db1 is 95% full", "warning", "billing", ""),
    "generic/resolved.json": (RESOLVE, "disk-db1", "Disk of db1 is 95% full", "", "billing", ""),
    "form/report.json": (TRIGGER, "SUP-1042", "Customers cannot pay by card", "high", "billing", "Report"),
    "form/resolved.json": (RESOLVE, "SUP-1042", "Report SUP-1042", "", "", "Report"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reads_what_its_tool_sends(name: str) -> None:
    event = sample(name).decode().events[0]
    assert (
        event.happening,
        event.key,
        event.title,
        event.severity_word,
        event.service,
        event.rule,
    ) == EXPECTED[name]


def test_every_format_has_a_fixture_of_our_own() -> None:
    folders = {folder.name for folder in FIXTURES.iterdir()}
    assert set(FORMATS) <= folders


def test_what_ends_has_the_key_of_what_began() -> None:
    for began, ended in (
        ("pagerduty/trigger.json", "pagerduty/resolve.json"),
        ("opsgenie/create.json", "opsgenie/close.json"),
        ("cloudwatch/event-bridge.json", "cloudwatch/ok.json"),
        ("cloudevents/structured.json", "cloudevents/resolved.json"),
        ("sentry/event-alert.json", "sentry/issue-resolved.json"),
        ("uptimerobot/down.form", "uptimerobot/up.json"),
    ):
        assert sample(began).decode().events[0].key == sample(ended).decode().events[0].key


def test_times_labels_values_links_and_runbook_come_along() -> None:
    event = sample("pagerduty/trigger.json").decode().events[0]
    assert event.starts_at == datetime(2026, 11, 21, 9, 15, tzinfo=UTC)
    assert event.labels["component"] == "postgres"
    assert event.labels["mount"] == "/var/lib"
    assert event.values == {"used": "95%", "free_gb": "12"}
    assert [link.text for link in event.links] == ["Watcher", "Disk", "Disk, 24 h"]
    assert event.runbook_url == "https://runbooks.example.com/disk"
    assert event.annotations["nested"] == '{"a":[1,2]}'


def test_an_end_is_told_only_of_what_ended() -> None:
    fired = sample("azuremonitor/fired.json").decode().events[0]
    resolved = sample("azuremonitor/resolved.json").decode().events[0]
    assert (fired.ends_at, resolved.ends_at) == (None, datetime(2026, 11, 21, 9, 45, tzinfo=UTC))
    assert resolved.starts_at == fired.starts_at


def test_a_tool_with_one_time_tells_the_end_by_it_and_no_start() -> None:
    event = sample("pingdom/up.json").decode().events[0]
    assert (event.starts_at, event.ends_at) == (None, datetime(2026, 11, 21, 9, 30, tzinfo=UTC))


def test_changes_are_told_apart_from_alerts() -> None:
    for name, summary, services in (
        ("pagerduty/change.json", "billing 2.4.1 deployed", ("billing", "invoices")),
        ("newrelic/deployment.form", "billing 2.4.1", ("billing",)),
    ):
        found = sample(name).decode()
        assert found.events == ()
        (change,) = found.changes
        assert (change.summary, change.services) == (summary, services)
        assert change.at == datetime(2026, 11, 21, 8, 55, tzinfo=UTC)


def test_a_batch_of_cloudevents_may_hold_alerts_and_changes() -> None:
    found = sample("cloudevents/batch.json").decode()
    assert [event.title for event in found.events] == ["One", "Two"]
    assert [change.services for change in found.changes] == [("billing",)]


def test_what_changes_nothing_is_passed_over_and_said() -> None:
    found = sample("sentry/issue-assigned.json").decode()
    assert found.events == ()
    assert found.notes == ("the state 'assigned' does not change whether an alert is open",)


def test_places_never_filled_in_are_absent() -> None:
    event = sample("zabbix/unfilled.json").decode().events[0]
    assert event.values == {}
    assert event.links == ()
    assert "down_seconds" not in sample("uptimerobot/down.json").decode().events[0].values
    assert len(sample("datadog/triggered.json").decode().events[0].links) == 1


def test_the_kinds_of_sources() -> None:
    kinds = {name: one.kind for name, one in FORMATS.items()}
    assert [name for name, kind in kinds.items() if kind is SourceKind.CUSTOMER] == ["form"]
    assert {name for name, kind in kinds.items() if kind is SourceKind.SYNTHETIC} == {
        "pingdom",
        "uptimerobot",
        "checkly",
    }


def test_our_recordings_of_alertmanager_and_prometheus_tell_the_story_they_were_made_of() -> None:
    told = [
        (event.happening, event.labels["alertname"], event.key)
        for one in recordings("captured-prometheus-2.42")
        for event in one.decode().events
    ]
    assert told == [
        (TRIGGER, "ProbeFailed", "d24d0cb16c570c24"),
        (TRIGGER, "InstanceDown", "673959918e18d9f1"),
        (RESOLVE, "ProbeFailed", "d24d0cb16c570c24"),
        (RESOLVE, "InstanceDown", "673959918e18d9f1"),
    ]
    firing, resolved = recordings("captured-alertmanager-0.25.0")
    assert {event.key for event in firing.decode().events} == {
        event.key for event in resolved.decode().events
    }
    assert all(event.ends_at is None for event in firing.decode().events)
    assert all(event.ends_at is not None for event in resolved.decode().events)
