"""The worst rules: one suggestion each, and what it would have saved, at night by the clock of a zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.actions.review import review_action
from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.alerts.quality import AlertQuality, evaluate_alert
from kintsugi.core.alerts.suggestions import Firing, Suggestion, SuggestionKind, suggestion_for
from kintsugi.core.alerts.worst import Saved, firing_of, worst_rules
from kintsugi.core.language.wording import blamed_people, disguised_fixes
from kintsugi.core.shared.errors import InvalidValue

NOW = datetime(2025, 1, 31, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GOOD = evaluate_alert(
    ListedAlert("1", "Disk is full", "x" * 60, service="db", metrics={"a": 1, "b": 2, "c": 3}, runbook_url="r")
)  # fmt: skip
_numbers = count()


def firing(
    *,
    ago: timedelta = HOUR,
    lasted: timedelta | None = None,
    service: str = "db",
    verdict: Verdict | None = None,
    quality: AlertQuality | None = GOOD,
    source: str = "prometheus",
    rule: str = "DiskFull",
    fingerprint: str = "",
    group_id: str = "",
    source_format: str = "alertmanager",
) -> Firing:
    number = next(_numbers)
    at = NOW - ago
    return Firing(
        f"alr_{number:06d}", source, rule, service, fingerprint or f"f{number}", at, at,
        None if lasted is None else at + lasted, quality, verdict, group_id, source_format,
    )  # fmt: skip


def apart(number: int, **fields: object) -> list[Firing]:
    """So many firings, six hours apart."""
    return [replace(firing(ago=6 * HOUR * (place + 1)), **fields) for place in range(number)]  # type: ignore[arg-type]


def said(firings: list[Firing]) -> Suggestion:
    found = suggestion_for(firings)
    assert found is not None
    return found


# --- each suggestion -----------------------------------------------------------------------------


def test_what_ends_by_itself_within_minutes_is_to_wait_longer() -> None:
    short = [firing(ago=6 * HOUR * place, lasted=4 * MINUTE) for place in range(1, 42)]
    long = [firing(ago=6 * HOUR * place, lasted=HOUR) for place in range(42, 53)]
    found = said(short + long)
    assert found.kind is SuggestionKind.WAIT_LONGER
    assert found.text == "Raise `for:` by 5 min: 41 of 52 firings ended within 5 min"
    assert found.cost == "The other 11 come 5 min later."
    assert set(found.spared) == set(short)


def test_the_wait_is_named_as_the_tool_names_it() -> None:
    def text(source_format: str) -> str:
        return said(
            [firing(ago=6 * HOUR * place, lasted=MINUTE / 2, source_format=source_format) for place in range(9)]
        ).text  # fmt: skip

    assert text("grafana").startswith("Raise the pending period by 1 min")
    assert text("pagerduty").startswith("Raise the time it must last by 1 min")


def test_no_wait_is_suggested_that_would_have_swallowed_a_useful_alert() -> None:
    firings = [firing(ago=6 * HOUR * place, lasted=4 * MINUTE) for place in range(1, 20)]
    firings.append(firing(ago=200 * HOUR, lasted=3 * MINUTE, verdict=Verdict.USEFUL))
    assert said(firings).kind is SuggestionKind.JUDGE
    later = replace(firings[-1], ended_at=firings[-1].began_at + HOUR)
    assert said([*firings[:-1], later]).kind is SuggestionKind.WAIT_LONGER


def test_what_a_person_ended_did_not_end_by_itself() -> None:
    assert said(apart(20, ended_at=None)).kind is SuggestionKind.JUDGE


def test_what_comes_back_at_once_is_kept_firing() -> None:
    firings = [
        firing(ago=30 * HOUR - place * 30 * MINUTE, lasted=22 * MINUTE, fingerprint="one")
        for place in range(20)
    ]
    found = said(firings)
    assert found.kind is SuggestionKind.KEEP_FIRING
    assert found.text == (
        "Keep it firing for 10 min after it clears (`keep_firing_for:`): 19 of 20 firings began within 10 min"
        " of the last one's end"
    )
    assert found.cost == "Each ends 10 min later."


def test_what_comes_in_heaps_is_grouped_by_service() -> None:
    firings = [
        firing(ago=day * 24 * HOUR + second * timedelta(seconds=10))
        for day in range(6)
        for second in range(20)
    ]
    found = said(firings)
    assert found.kind is SuggestionKind.GROUP
    assert found.text == "Group by service: 120 alerts in 6 groups"
    assert len(found.spared) == 114


def test_heaps_over_many_services_are_grouped_by_rule() -> None:
    firings = [
        firing(ago=day * 24 * HOUR, service=f"s{place}") for day in range(3) for place in range(40)
    ]
    expected = "Group by rule, over all services: 120 alerts of 40 services in 3 groups"
    assert said(firings).text == expected


def test_what_is_in_one_group_already_saves_nothing_more() -> None:
    firings = [firing(ago=24 * HOUR, group_id="grp_1") for _ in range(40)]
    assert said(firings).kind is SuggestionKind.JUDGE


def test_what_nobody_finds_useful_becomes_a_report() -> None:
    found = said(apart(30, verdict=Verdict.NOISE))
    assert found.text == "Turn it into a report: no verdict of 30 is useful"
    assert len(found.spared) == 30


def test_one_useful_verdict_among_many_is_told_with_its_interval() -> None:
    firings = [*apart(39, verdict=Verdict.NOTHING_TO_DO), firing(verdict=Verdict.USEFUL)]
    assert (
        said(firings).text == "Turn it into a report: 1 of 40 verdicts is useful (95%: 0% to 13%)"
    )


@pytest.mark.parametrize("number", [1, 6, 12])
def test_few_verdicts_do_not_condemn_a_rule(number: int) -> None:
    assert suggestion_for(apart(number, verdict=Verdict.NOISE)) is None or (
        said(apart(number, verdict=Verdict.NOISE)).kind is not SuggestionKind.REPORT
    )


def test_duplicates_do_not_make_a_report_of_it_what_they_told_was_true() -> None:
    found = suggestion_for(apart(30, verdict=Verdict.DUPLICATE))
    assert found is None or found.kind is not SuggestionKind.REPORT


@pytest.mark.parametrize(
    ("lacking", "text"),
    [
        ({"runbook_url": None}, "Add a runbook link: 8 of 8 alerts have none"),
        ({"service": ""}, "Name its service: 8 of 8 alerts have none"),
        ({"title": "ALERT"}, "Give it a title that says what is wrong: 8 of 8 alerts have none"),
        ({"metrics": {}}, "Send 3 values or more with it: 8 of 8 alerts have fewer"),
        ({"description": "x"}, "Write a description of more than 50 characters: 8 of 8 alerts have none so long"),
        ({"description": "x", "runbook_url": None}, "Add a runbook link: 8 of 8 alerts have none"),
    ],
)  # fmt: skip
def test_where_nothing_would_have_been_spared_the_missing_part_worth_most_is_named(
    lacking: dict[str, object], text: str
) -> None:
    whole = ListedAlert(
        "1", "Disk", "x" * 60, service="db", metrics={"a": 1, "b": 2, "c": 3}, runbook_url="r"
    )
    quality = evaluate_alert(replace(whole, **lacking))  # type: ignore[arg-type]
    found = said(apart(8, quality=quality))
    assert (found.text, found.spared) == (text, ())
    assert said(apart(1, quality=quality)).text == text.replace(
        "8 of 8 alerts have", "1 of 1 alert has"
    )


def test_a_part_that_half_of_the_alerts_have_is_not_named() -> None:
    bare = evaluate_alert(
        ListedAlert("1", "Disk", "x" * 60, service="db", metrics={"a": 1, "b": 2, "c": 3})
    )
    firings = apart(10)
    halved = [*firings[:5], *(replace(one, quality=bare) for one in firings[5:])]
    assert said(halved).kind is SuggestionKind.JUDGE


def test_with_too_few_verdicts_and_nothing_else_it_is_to_be_judged() -> None:
    firings = [*apart(7), firing(ago=300 * HOUR, verdict=Verdict.USEFUL)]
    assert said(firings).text == "Judge its alerts: 1 of 8 has a verdict"
    assert said(apart(8)).text == "Judge its alerts: none of 8 have a verdict"


def test_about_a_good_rule_and_a_rare_one_there_is_nothing_to_say() -> None:
    assert suggestion_for(apart(8, verdict=Verdict.USEFUL)) is None
    assert suggestion_for(apart(3, ended_at=NOW - HOUR)) is None
    assert suggestion_for([]) is None


def test_every_suggestion_passes_our_own_check_of_actions() -> None:
    bare = [evaluate_alert(ListedAlert("1")), *(_without(part) for part in range(5))]
    many = [
        apart(30, verdict=Verdict.NOISE), apart(8), *(apart(8, quality=quality) for quality in bare),
        [firing(ago=HOUR * place, lasted=MINUTE) for place in range(20)],
        [firing(ago=HOUR * 30 - place * 30 * MINUTE, lasted=25 * MINUTE, fingerprint="x") for place in range(20)],
        [firing(ago=HOUR) for _ in range(20)],
        [firing(ago=HOUR, service=f"s{place}") for place in range(20)],
    ]  # fmt: skip
    kinds = set()
    for firings in many:
        found = said(firings)
        kinds.add(found.kind)
        assert review_action(ActionItem(found.text)).findings == (), found.text
        assert blamed_people(f"{found.text}. {found.cost}") == (), found.text
        assert disguised_fixes(f"{found.text}. {found.cost}") == (), found.text
    assert kinds == set(SuggestionKind)


def _without(part: int) -> AlertQuality:
    points = list(GOOD.points)
    points[part] = replace(points[part], points=0, issue="missing")
    return AlertQuality(tuple(points))


# --- the worst -----------------------------------------------------------------------------------


def test_the_worst_is_where_one_change_saves_the_most_and_ten_are_told() -> None:
    firings = [
        firing(ago=HOUR * place, lasted=MINUTE / 2, rule=f"Rule{rule:02d}")
        for rule in range(12)
        for place in range(1, 8 + rule)
    ]
    found = worst_rules(firings, now=NOW)
    assert [one.rule for one in found] == [f"Rule{rule:02d}" for rule in range(11, 1, -1)]
    assert (found[0].alerts, found[0].saved.alerts) == (18, 18)


def test_the_same_rule_of_two_sources_is_told_apart() -> None:
    firings = [*apart(8, source="a"), *apart(8, source="b")]
    assert [(one.source, one.alerts) for one in worst_rules(firings, now=NOW)] == [
        ("a", 8),
        ("b", 8),
    ]


def test_only_the_last_thirty_days_count() -> None:
    day = 24 * HOUR
    old = [firing(ago=31 * day, lasted=MINUTE / 2) for _ in range(50)]
    future = [firing(ago=-HOUR, lasted=MINUTE / 2)]
    found = worst_rules([*old, *future, *apart(8)], now=NOW)
    assert [one.alerts for one in found] == [8]
    assert worst_rules(old, now=NOW) == ()


def test_nights_are_nights_by_the_clock_of_the_zone() -> None:
    firings = [firing(ago=24 * HOUR * place, lasted=MINUTE / 2) for place in range(8)]  # 12:00 UTC
    tokyo, berlin, auckland = (
        worst_rules(firings, now=NOW, zone=zone)[0]
        for zone in ("Asia/Tokyo", "Europe/Berlin", "Pacific/Auckland")
    )
    assert (tokyo.saved, berlin.saved) == (Saved(8, 0), Saved(8, 0))  # 21:00, 13:00
    assert (auckland.saved, auckland.at_night) == (Saved(8, 8), 8)  # 01:00


def test_a_night_moves_with_daylight_saving_time() -> None:
    # 05:30 UTC is 06:30 in Berlin in winter, at night, and 07:30 in summer, by day.
    now = datetime(2025, 4, 10, 5, 30, tzinfo=UTC)
    firings = [
        replace(one, began_at=now - 24 * HOUR * place, raised_at=now - 24 * HOUR * place)
        for place, one in enumerate(apart(20))
    ]
    found = worst_rules(firings, now=now, zone="Europe/Berlin")[0]
    assert found.at_night == 8  # 22 to 29 March; the clocks go forward on the 30th at 01:00 UTC
    assert worst_rules(firings, now=now)[0].at_night == 20


def test_its_precision_and_its_noise_stand_beside_it() -> None:
    poor = evaluate_alert(ListedAlert("1"))
    firings = [*apart(10, verdict=Verdict.NOISE, quality=poor), *apart(5), *apart(5, quality=None)]
    found = worst_rules(firings, now=NOW)[0]
    assert (found.precision.judged, found.precision.raised, found.precision.value) == (10, 20, 0)
    assert (found.alerts, found.noisy) == (20, 10)


def test_a_zone_that_is_not_there_and_a_naive_now_are_refused() -> None:
    with pytest.raises(InvalidValue, match="not a time zone"):
        worst_rules([], now=NOW, zone="Mars/Olympus")
    with pytest.raises(InvalidValue, match="now: has no zone"):
        worst_rules([], now=NOW.replace(tzinfo=None))


@given(st.randoms())
def test_the_order_of_the_alerts_does_not_matter(chance: object) -> None:
    firings = [
        firing(
            ago=HOUR * (place % 7) + MINUTE * place,
            lasted=MINUTE * (place % 5),
            rule=f"r{place % 3}",
        )
        for place in range(40)
    ]
    shuffled = list(firings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert worst_rules(shuffled, now=NOW) == worst_rules(firings, now=NOW)


def test_a_kept_alert_gives_what_judging_its_rule_needs() -> None:
    kept = Alert(
        "alr_1", "src_1", "Prometheus", "monitoring", "prometheus", "f" * 32, "k", AlertState.RESOLVED, None,
        "Disk is full",
        NOW, NOW, 1, service="db", starts_at=NOW - MINUTE, resolved_at=NOW + HOUR, resolved_how="sender",
        verdict=Verdict.NOISE, group_id="grp_1",
    )  # fmt: skip
    found = firing_of(kept, "cloudwatch")
    assert (found.rule, found.source, found.group_id) == ("Disk is full", "Prometheus", "grp_1")
    assert (found.began_at, found.ended_at) == (NOW - MINUTE, NOW + HOUR)
    assert found.quality is not None
    assert found.quality.quality_score == 35
    assert firing_of(replace(kept, resolved_how="person")).ended_at is None
    assert firing_of(replace(kept, rule="DiskFull")).rule == "DiskFull"
