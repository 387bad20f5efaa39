"""What is learned from alerts: fatigue for any window, precision with its interval, the ten worst rules."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from kintsugi.core.alerts.fatigue import AlertLog, by_day, rollups_of
from kintsugi.core.alerts.quality import quality_of
from kintsugi.core.shared.distributions import proportion_interval
from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.service import purging
from kintsugi.server.alerts.store import counting
from tests.server.alerts.telling import GOOD, Tool, event, tool
from tests.server.cast import Cast, MovableClock

WELL = {"description": GOOD, "runbook_url": "https://wiki.example/x", "severity_word": "info"}
BADLY = {"severity_word": "info"}


def spread(prometheus: Tool, clock: MovableClock, seed: int = 7) -> None:
    """A day and a half of alerts of three services, at odd moments, some of them on a quarter of an hour."""
    chance = Random(seed)  # noqa: S311 - test data
    for number in range(60):
        clock.forward(seconds=chance.choice([0, 1, 59, 600, 900, 1800, 3000]))
        service = chance.choice(["checkout", "pay", ""])
        said = chance.choice([WELL, BADLY])
        prometheus.one(f"k{number}", service=service, **said)
    prometheus.dispatch()


def log_of(prometheus: Tool) -> AlertLog:
    """The same alerts as core counts them."""
    with prometheus.works.reading(SYSTEM) as work:
        page = alerts.list_alerts(work, alerts.Wanted(), 100)
    return AlertLog(
        (one.service, one.raised_at, not quality_of(one).actionable) for one in page.items
    )


def test_fatigue_is_what_core_says_for_any_window(clock: MovableClock, prometheus: Tool) -> None:
    spread(prometheus, clock)
    log = log_of(prometheus)
    windows = [
        timedelta(seconds=1), timedelta(minutes=15), timedelta(minutes=20), timedelta(hours=1),
        timedelta(hours=6, minutes=7, seconds=3), timedelta(hours=24), timedelta(days=30),
    ]  # fmt: skip
    now = clock.now()
    with prometheus.works.reading(SYSTEM) as work:
        for back in (0, 1, 899, 900, 4567):
            at = now - timedelta(seconds=back)
            for window in windows:
                expected = log.fatigue(at, window)
                assert alerts.fatigue(work, window, at) == expected, (back, window)
                assert alerts.fatigue_by_alerts(work, window, at) == expected, (back, window)


def test_rollups_are_what_core_makes_of_the_alerts(clock: MovableClock, prometheus: Tool) -> None:
    spread(prometheus, clock, 11)
    with prometheus.works.reading(SYSTEM) as work:
        page = alerts.list_alerts(work, alerts.Wanted(), 100)
        made = counting.rollups(work.connection)
        days = counting.rollups(work.connection, daily=True)
    raised = [(one.service, one.raised_at, not quality_of(one).actionable) for one in page.items]
    assert sorted(made, key=lambda one: (one.bucket, one.service)) == list(rollups_of(raised))
    assert sorted(days, key=lambda one: (one.bucket, one.service)) == list(by_day(made))


def test_an_alert_that_says_more_later_is_counted_as_it_is_now(
    clock: MovableClock, prometheus: Tool
) -> None:
    prometheus.raised(**BADLY)
    clock.forward(minutes=40)
    prometheus.raised(**{**WELL, "service": "pay"})
    with prometheus.works.reading(SYSTEM) as work:
        found = alerts.fatigue(work)
        assert found == alerts.fatigue_by_alerts(work)
    assert [(one.service, one.total_alerts, one.noisy_alerts) for one in found.values()] == [
        ("pay", 1, 0)
    ]


def test_fatigue_is_told_with_its_intervals(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    for number in range(12):
        clock.forward(minutes=5)
        prometheus.one(f"k{number}", **(BADLY if number % 3 else WELL))
    prometheus.dispatch()
    body = client.charlie.get("/api/alert-fatigue", params={"windowHours": 2}).json()
    (one,) = body["items"]
    assert (one["service"], one["totalAlerts"], one["noisyAlerts"]) == ("checkout", 12, 8)
    assert (one["alertsPerHour"], one["fatigueLevel"]) == (6.0, "CRITICAL")
    assert one["noiseRatio"] == pytest.approx(66.667, abs=0.001)
    assert one["rateInterval"]["low"] < 6 < one["rateInterval"]["high"]
    assert one["noiseInterval"]["low"] < 66.7 < one["noiseInterval"]["high"]
    assert body["windowHours"] == 2
    for wrong in ("0", "-1", "x", "1e9"):
        answer = client.charlie.get("/api/alert-fatigue", params={"windowHours": wrong})
        assert answer.status_code == 422


def test_precision_per_rule_and_source_has_its_interval(client: Cast, prometheus: Tool) -> None:
    made = prometheus.tell(
        *(event(f"k{n}", rule="Slow", **BADLY) for n in range(8)),
        *(event(f"o{n}", rule="", title="Odd", **BADLY) for n in range(2)),
    )
    prometheus.dispatch()
    for chosen, verdict in ((made[:2], "useful"), (made[2:7], "noise"), (made[8:9], "duplicate")):
        body = {"alerts": chosen, "verdict": verdict}
        assert client.bob.post("/api/alerts/verdict", json=body).status_code == 200
    body = client.charlie.get("/api/alert-quality").json()
    odd, slow = body["rules"]
    assert (slow["rule"], slow["raised"], slow["judged"], slow["useful"]) == ("Slow", 8, 7, 2)
    expected = proportion_interval(2, 7)
    assert slow["value"] == pytest.approx(2 / 7)
    assert slow["interval"]["low"] == pytest.approx(expected.low)
    assert slow["verdicts"] == {"useful": 2, "noise": 5, "duplicate": 0, "nothing_to_do": 0}
    assert (odd["rule"], odd["value"], odd["interval"]) == ("Odd", None, None)
    assert [one["verdict"] for one in odd["listed"]] == ["duplicate"]
    (source,) = body["sources"]
    assert (source["source"], source["raised"], source["judged"]) == ("Prometheus", 10, 8)


def test_the_worst_rules_come_with_what_to_change(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    for number in range(8):
        prometheus.raised("flaps", rule="Short", **WELL)
        clock.forward(seconds=50)
        prometheus.ended("flaps", rule="Short", **WELL)
        clock.forward(hours=2)
        prometheus.raised(
            f"fine{number}", rule="Fine", **{**WELL, "values": {"a": "1", "b": "2", "c": "3"}}
        )
        clock.forward(hours=1)
    prometheus.dispatch()
    worst = client.charlie.get("/api/alert-quality").json()["worst"]
    assert (worst[0]["rule"], worst[0]["change"], worst[0]["alerts"]) == ("Short", "wait_longer", 8)
    assert worst[0]["saved"]["alerts"] == 8
    assert worst[0]["suggestion"].startswith("Raise `for:` by 1 min")


def test_what_customers_report_is_no_rule_to_change(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    tool(client, clock, "Support", format="form").raised("r1", rule="Report", **BADLY)
    prometheus.raised("k1", rule="Bare", **BADLY)
    worst = client.charlie.get("/api/alert-quality").json()["worst"]
    assert [one["rule"] for one in worst] == ["Bare"]


def test_what_is_past_its_time_is_forgotten(
    client: Cast, clock: MovableClock, prometheus: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    body = (
        b'{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"A"},'
        b'"annotations":{},"startsAt":"2026-03-02T09:00:00Z","endsAt":"0001-01-01T00:00:00Z",'
        b'"fingerprint":"old"}]}'
    )
    old = prometheus.sent(body)["old"]
    dead = prometheus.dead(b"x")
    for number in range(5):
        prometheus.raised(f"k{number}", **BADLY)
        prometheus.ended(f"k{number}")
    prometheus.dispatch()
    client.bob.post("/api/changes", json={"summary": "deploy"})
    clock.forward(days=31)
    alerts.purge(prometheus.works)
    assert client.alice.get(f"/api/alerts/{old}").status_code == 200
    assert client.alice.get(f"/api/alerts/{old}/body").status_code == 404
    assert client.alice.get(f"/api/dead-letters/{dead}").status_code == 404
    assert len(client.alice.get("/api/changes").json()["items"]) == 1
    clock.forward(days=367)
    fresh = prometheus.raised("fresh", **BADLY)
    alerts.purge(prometheus.works)
    # What is still open is kept however old it is.
    left = [one["id"] for one in client.alice.get("/api/alerts").json()["items"]]
    assert left == [fresh, old]
    assert client.alice.get("/api/changes").json()["items"] == []
    with prometheus.works.reading(SYSTEM) as work:
        window = timedelta(days=300)
        assert alerts.fatigue(work, window) == alerts.fatigue_by_alerts(work, window)
