"""What may be named of an alert, and what a name means where its sender uses it too."""

from __future__ import annotations

from hypothesis import given

from kintsugi.core.alerts.labels import FIELDS, facts, field
from kintsugi.core.shared.severity import Severity
from tests.core.alerts.strategies import labels


def of(labels: dict[str, str]) -> dict[str, str]:
    return facts(
        labels,
        title="Disk nearly full",
        rule="DiskFull",
        service="orders",
        severity=Severity.SEV_2,
        source="Prometheus Berlin",
        kind="monitoring",
    )


def test_own_fields_stand_beside_the_labels() -> None:
    found = of({"host": "db-1"})
    assert found["host"] == "db-1"
    assert [found[name] for name in FIELDS] == [
        "orders", "SEV-2", "Prometheus Berlin", "Disk nearly full", "DiskFull", "monitoring",
    ]  # fmt: skip


def test_a_matcher_means_the_senders_label_and_can_ask_for_our_own() -> None:
    found = of({"severity": "warning", "kind": "Deployment"})
    assert (found["severity"], found["alert.severity"]) == ("warning", "SEV-2")
    assert (found["kind"], found["alert.kind"]) == ("Deployment", "monitoring")


def test_groups_and_titles_mean_our_own_field() -> None:
    found = of({"service": "orders-api", "host": "db-1"})
    assert [field(found, name) for name in ("service", "host", "nothing")] == ["orders", "db-1", ""]


def test_no_sender_can_say_what_our_own_fields_are() -> None:
    assert of({"alert.severity": "SEV-1"})["alert.severity"] == "SEV-2"


@given(labels)
def test_every_label_keeps_its_value(labels: dict[str, str]) -> None:
    found = of(labels)
    for name, value in labels.items():
        assert found[name] == value or name.startswith("alert.")
