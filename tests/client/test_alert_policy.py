"""The typed client on what decides about alerts, against the real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kintsugi.client import ClientError, Connection, alert_policy, alerts
from tests.client.live import Live


@pytest.fixture
def alice(live: Live) -> Iterator[Connection]:
    with Connection(live.url, live.tokens["alice"]) as connection:
        yield connection


def test_rules_are_made_ordered_changed_and_removed(alice: Connection) -> None:
    (shipped,) = alert_policy.rules(alice)
    made = alert_policy.add_rule(alice, "Tests wait", {"kind": "wait"}, {"matchers": ["env=test"]})
    assert (made.enabled, made.condition_text) == (True, 'env="test"')
    ordered = alert_policy.order_rules(alice, [made.id, shipped.id])
    assert [one.name for one in ordered] == [made.name, shipped.name]
    changed = alert_policy.change_rule(alice, made, enabled=False)
    assert (changed.enabled, changed.version) == (False, 2)
    with pytest.raises(ClientError) as lost:
        alert_policy.remove_rule(alice, made)
    assert lost.value.status == 412
    alert_policy.remove_rule(alice, changed)
    assert [one.id for one in alert_policy.rules(alice)] == [shipped.id]


def test_silences_are_made_listed_and_ended(alice: Connection) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    made = alert_policy.silence(alice, ['env="test"', 'team!="db"'], until, comment="tests")
    assert (made.state, made.matchers) == ("active", 'env="test", team!="db"')
    work = alert_policy.maintenance(alice, ["pay"], until, starts_at=until - timedelta(minutes=5))
    assert (work.kind, work.state) == ("maintenance", "pending")
    assert list(alert_policy.silences(alice, "active")) == [made]
    assert alert_policy.expire(alice, made).state == "expired"
    assert {one.id for one in alert_policy.silences(alice)} == {made.id, work.id}
    with pytest.raises(ClientError) as refused:
        alert_policy.silence(alice, ['a=~"("'], until)
    assert [one.field for one in refused.value.errors] == ["matchers[0]"]


def test_changes_are_told_and_listed(alice: Connection) -> None:
    alerts.add_change(alice, "Deploy", services=["pay"], links=["https://ci.example/1"])
    alerts.add_change(alice, "Flag", services=["cart"], origin="flags")
    found = list(alert_policy.changes(alice, ["pay"]))
    assert [(one.summary, one.links) for one in found] == [("Deploy", ("https://ci.example/1",))]
    assert len(list(alert_policy.changes(alice, ["pay", "cart"]))) == 2
