"""Alert fatigue for any window: by a scan, from a log, and from rollups; all three say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kintsugi
from kintsugi.core.alerts.fatigue import (
    BUCKET,
    DAY,
    AlertLog,
    Fatigue,
    FatigueLevel,
    Raised,
    Tally,
    alert_fatigue,
    bucket_of,
    by_day,
    fatigue_level,
    fatigue_of,
    parts,
    rollups_of,
)
from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.quality import quality_score
from kintsugi.core.shared.errors import InvalidValue
from tests.core.alerts.guide_analyzer import GuideAnalyzer

NOW = datetime(2025, 1, 15, 12, 7, 30, tzinfo=UTC)


def alert(service: str, at: datetime | None, *, is_noisy: bool = False) -> ListedAlert:
    runbook = None if is_noisy else "https://runbooks.example/x"
    return ListedAlert("1", "Disk full", "", service=service, timestamp=at, runbook_url=runbook)


moments = st.one_of(
    st.integers(-3 * 86_400, 600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.integers(-200, 2).map(lambda count: bucket_of(NOW) + count * BUCKET),
    st.integers(-200, 2).map(lambda count: bucket_of(NOW) + count * BUCKET - timedelta(microseconds=1)),
)  # fmt: skip
alerts = st.lists(
    st.builds(alert, st.sampled_from(["api", "web", ""]), moments, is_noisy=st.booleans()),
    max_size=60,
)
windows = st.one_of(
    st.integers(1, 4 * 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 300).map(lambda count: count * BUCKET),
)


def raised(given: list[ListedAlert]) -> list[Raised]:
    return [(one.service, one.timestamp, quality_score(one) < 60) for one in given if one.timestamp]


# --- against the guide ---------------------------------------------------------------------------


@given(alerts)
def test_where_all_alerts_are_in_the_window_it_agrees_with_the_guides_code(
    given: list[ListedAlert],
) -> None:
    latest = NOW + timedelta(hours=1)
    guide = GuideAnalyzer().calculate_alert_fatigue(given, 24 * 10)
    ours = alert_fatigue(given, now=latest, window=10 * DAY)
    assert {service: one.as_guide() for service, one in ours.items()} == guide


def test_only_alerts_in_the_window_are_counted() -> None:
    given = [alert("api", NOW - timedelta(hours=hours)) for hours in (1, 23, 25, 240)]
    assert GuideAnalyzer().calculate_alert_fatigue(given)["api"]["total_alerts"] == 4
    assert alert_fatigue(given, now=NOW)["api"].total_alerts == 2
    assert kintsugi.alert_fatigue(given, now=NOW, window=2 * DAY)["api"].alerts_per_hour == 3 / 48


def test_both_ends_of_the_window_are_in_it_and_what_comes_later_is_not() -> None:
    tick = timedelta(microseconds=1)
    given = [alert("api", at) for at in (NOW - DAY - tick, NOW - DAY, NOW, NOW + tick)]
    assert alert_fatigue(given, now=NOW)["api"].total_alerts == 2


@pytest.mark.parametrize("hours", [0, -1])
def test_a_window_of_no_length_is_refused_and_divides_nothing(hours: int) -> None:
    window = timedelta(hours=hours)
    for ask in (
        lambda: alert_fatigue([], now=NOW, window=window),
        lambda: AlertLog([]).fatigue(NOW, window),
        lambda: parts(NOW, window),
    ):
        with pytest.raises(InvalidValue, match=r"window: is -?\d h; expected more than 0 hours"):
            ask()


def test_a_window_that_reaches_back_before_time_is_refused() -> None:
    with pytest.raises(InvalidValue, match="before the year 1"):
        alert_fatigue([], now=NOW, window=timedelta(days=900_000))


def test_an_alert_without_a_zone_or_a_time_is_refused_by_its_place() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(InvalidValue, match=r"^\[1\]\.timestamp: has no zone"):
        alert_fatigue([alert("api", NOW), alert("api", naive)], now=NOW)
    with pytest.raises(InvalidValue, match=r"^\[0\]\.timestamp: is missing"):
        alert_fatigue([alert("api", None)], now=NOW)
    with pytest.raises(InvalidValue, match=r"^\[0\]\.timestamp: has no zone"):
        AlertLog.of([alert("api", naive)])
    with pytest.raises(InvalidValue, match="now: has no zone"):
        alert_fatigue([], now=naive)


def test_times_of_several_zones_are_compared_as_moments() -> None:
    tokyo = (NOW - timedelta(hours=1)).astimezone(ZoneInfo("Asia/Tokyo"))
    too_old = (NOW - timedelta(hours=25)).astimezone(timezone(timedelta(hours=-11)))
    found = alert_fatigue([alert("api", tokyo), alert("api", too_old)], now=NOW)
    assert found["api"].total_alerts == 1


def test_a_service_without_an_alert_in_the_window_is_not_in_the_answer() -> None:
    assert alert_fatigue([alert("api", NOW - 2 * DAY)], now=NOW) == {}


@pytest.mark.parametrize(
    ("rate", "noise", "level"),
    [
        (0, 0, "LOW"), (1, 20, "LOW"), (1.01, 0, "MEDIUM"), (0, 20.1, "MEDIUM"), (2, 30, "MEDIUM"),
        (2.01, 0, "HIGH"), (0, 30.1, "HIGH"), (5, 50, "HIGH"), (5.01, 0, "CRITICAL"), (0, 50.1, "CRITICAL"),
    ],
)  # fmt: skip
def test_a_level_begins_above_its_thresholds(rate: float, noise: float, level: str) -> None:
    assert fatigue_level(rate, noise) is FatigueLevel(level)


# --- the ways to ask agree -----------------------------------------------------------------------


@given(alerts, windows, st.integers(-3000, 600))
def test_a_log_says_what_a_scan_says(
    given: list[ListedAlert], window: timedelta, seconds: int
) -> None:
    now = NOW + timedelta(seconds=seconds)
    assert AlertLog.of(given).fatigue(now, window) == alert_fatigue(given, now=now, window=window)


@given(alerts, windows, st.integers(-3000, 600))
def test_rollups_with_the_ends_of_the_window_say_what_a_scan_says(
    given: list[ListedAlert], window: timedelta, seconds: int
) -> None:
    now = NOW + timedelta(seconds=seconds)
    cut = parts(now, window)
    quarters = rollups_of(raised(given))
    tallies: list[Tally] = [
        Tally(one.service, one.total, one.noisy)
        for spans, rollups in ((cut.days, by_day(quarters)), (cut.quarters, quarters))
        for begins, ends in spans
        for one in rollups
        if begins <= one.bucket < ends
    ]
    for begins, ends in cut.ends:
        tallies += [
            Tally(service, 1, is_noisy)
            for service, at, is_noisy in raised(given)
            if begins <= at < ends
        ]
    assert fatigue_of(tallies, window) == alert_fatigue(given, now=now, window=window)


@given(windows, st.integers(-3000, 600))
def test_the_parts_of_a_window_are_the_window(window: timedelta, seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    cut = parts(now, window)
    spans = sorted((*cut.days, *cut.quarters, *cut.ends))
    assert all(begins < ends for begins, ends in spans)
    assert spans[0][0] == now - window
    assert spans[-1][1] == now + timedelta(microseconds=1)
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(bucket_of(at) == at for span in cut.quarters for at in span)
    assert all(bucket_of(at, DAY) == at for span in cut.days for at in span)
    assert all(ends - begins < 2 * DAY for begins, ends in cut.quarters)
    assert all(ends - begins <= 2 * BUCKET for begins, ends in cut.ends)


def test_buckets_are_quarters_of_an_hour_in_utc() -> None:
    kathmandu = datetime(2025, 1, 15, 12, 50, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert bucket_of(kathmandu) == datetime(2025, 1, 15, 7, 0, tzinfo=UTC)
    assert bucket_of(kathmandu).tzinfo is UTC
    assert bucket_of(datetime(1969, 12, 31, 23, 59, tzinfo=UTC)).minute == 45


@given(alerts)
def test_the_order_of_the_alerts_does_not_matter(given: list[ListedAlert]) -> None:
    assert alert_fatigue(given, now=NOW) == alert_fatigue(given[::-1], now=NOW)
    assert list(alert_fatigue(given, now=NOW)) == sorted(alert_fatigue(given, now=NOW))


# --- what the numbers allow to be said -----------------------------------------------------------


def test_a_rate_and_a_noise_ratio_have_their_exact_intervals() -> None:
    found = Fatigue("api", 5, 0, DAY)
    assert (round(found.rate_interval.low, 4), round(found.rate_interval.high, 4)) == (
        0.0676,
        0.4862,
    )
    assert found.noise_interval is not None
    assert (found.noise_interval.low, round(found.noise_interval.high, 1)) == (0, 52.2)


def test_no_alert_is_no_noise_and_says_nothing_of_it() -> None:
    found = Fatigue("api", 0, 0, DAY)
    assert (found.noise_ratio, found.noise_interval) == (0, None)
    assert found.fatigue_level is FatigueLevel.LOW
