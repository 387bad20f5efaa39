"""The year's alerts as they stand at its end: enough to learn from, and all of it through the services."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.silences import SilenceState
from kintsugi.server.alerts import service as alerts
from kintsugi.server.incidents import service as incidents
from tests.demo.told import NOW, Told

pytestmark = pytest.mark.xdist_group("told")

ALL = alerts.Wanted()


@pytest.fixture
def rang(told: Told) -> list[Alert]:
    """Every alert of the year, as a viewer sees them."""
    with told.works.reading(told.people["priya"]) as work:
        return list(alerts.list_alerts(work, ALL, 1000).items)


@pytest.mark.long
def test_there_are_alerts_of_every_kind(rang: list[Alert]) -> None:
    assert 250 <= len(rang) <= 500
    assert {one.source for one in rang} == {"Prometheus", "Checks from outside", "Support desk"}
    assert 4 <= sum(one.state.is_open for one in rang) <= 12
    assert sum(one.is_flapping for one in rang) >= 6
    assert sum(one.silence_id is not None for one in rang) >= 2
    grades = Counter(one.quality is not None and one.quality >= 60 for one in rang)
    assert min(grades[True], grades[False]) > 40
    assert all(one.raised_at <= NOW for one in rang)
    assert sum(one.raised_at > NOW - timedelta(days=30) for one in rang) > 150


@pytest.mark.long
def test_incidents_have_the_alerts_that_rang_for_them(told: Told, rang: list[Alert]) -> None:
    with told.works.reading(told.people["soren"]) as work:
        by_title = {
            one.title: one for one in incidents.list_incidents(work, incidents.Wanted(), 100).items
        }
    stories = {story.key: story for story in told.company.stories}
    of_incidents = Counter(one.incident_id for one in rang if one.incident_id)
    for key in told.company.alarms.written["incidents"]:
        assert of_incidents[by_title[stories[key].title].id] >= 1, key
    down = by_title[stories["orders-down"].title]
    assert of_incidents[down.id] == 4
    with told.works.reading(told.people["soren"]) as work:
        changed = [one.summary for one in incidents.changes_before(work, down)]
    assert "The pricing job of this hour starts" in changed


def test_people_judged_them_and_the_worst_rules_can_be_told(told: Told, rang: list[Alert]) -> None:
    verdicts = Counter(one.verdict.value for one in rang if one.verdict)
    assert set(verdicts) == {"useful", "noise", "duplicate", "nothing_to_do"}
    assert verdicts["noise"] > 40
    with told.works.reading(told.people["soren"]) as work:
        worst = alerts.worst(work, "Europe/Copenhagen").rules
        worn_out = alerts.fatigue(work, timedelta(days=30))
    assert {one.rule for one in worst[:5]} & {"HighCpu", "DiskSpaceLow", "PodRestarted"}
    assert len({one.suggestion.kind for one in worst}) >= 3
    assert len(worn_out) >= 5


def test_rules_silences_and_changes_are_as_they_were_left(told: Told) -> None:
    with told.works.reading(told.people["soren"]) as work:
        rules = [one.rule for one in alerts.list_rules(work)]
        silences = Counter(
            one.silence.state(NOW) for one in alerts.list_silences(work, None, 50).items
        )
        changes = alerts.list_changes(work, alerts.WantedChanges(), 50).items
    assert [one.is_enabled for one in rules] == [True, True, True]
    assert rules[-1].id == "rul_default"
    assert silences == {SilenceState.ACTIVE: 1, SilenceState.EXPIRED: 2}
    assert len(changes) == 14


@pytest.mark.long
def test_the_pages_of_alerts_show_them(browsers: dict[str, TestClient], rang: list[Alert]) -> None:
    for place in ("/alerts", "/alerts?state=all", f"/alerts/{rang[0].id}"):
        for person in ("priya", "lucja"):
            assert browsers[person].get(place).status_code == 200, place
