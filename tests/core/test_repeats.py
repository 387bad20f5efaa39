"""Which incidents repeat an earlier one, and that a repeat asks for a postmortem."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.postmortems.repeats import REPEATED_WITHIN, occurrences, repeats
from kintsugi.core.postmortems.required import RequiredWhen, reasons_required

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
NO_CLASS: dict[str, dict[str, str]] = {}


def incident(number: int, day: float, title: str = "Checkout is slow", **said: object) -> Incident:
    at = FIRST + timedelta(days=day)
    one = Incident(
        id=f"inc_{number}", number=number, reference=f"INC-{number}", title=title,
        status=IncidentStatus.RESOLVED, created_by="usr_a", created_at=at, updated_at=at, version=1,
        last_sequence=1, services=("checkout",), milestones=Milestones(impact_start=at, resolved=at),
    )  # fmt: skip
    return replace(one, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("later", "is_one"),
    [
        (incident(2, 90), True),
        (incident(2, 90.01), False),
        (incident(2, 12, "CHECKOUT is: slow!"), True),
        (incident(2, 12, "Checkout is slow again"), False),
        (incident(2, 12, services=("Checkout", "cart")), True),
        (incident(2, 12, services=("cart",)), False),
        (incident(2, 12, services=()), False),
        (incident(2, 12, is_drill=True), False),
        (incident(2, 12, merged_into_id="inc_1"), False),
    ],
)
def test_the_same_service_and_title_within_90_days_is_a_repeat(
    later: Incident, *, is_one: bool
) -> None:
    found = repeats(occurrences([later, incident(1, 0)]), NO_CLASS)
    assert set(found) == ({"inc_2"} if is_one else set())


def test_a_class_that_people_confirmed_of_both_goes_before_the_title() -> None:
    three = occurrences([incident(1, 0), incident(2, 10, "Orders fail"), incident(3, 12.5)])
    classes = {"inc_2": {"config": "Configuration"}, "inc_3": {"config": "Configuration", "x": "X"}}
    found = repeats(three, classes)
    assert found["inc_3"].said == "it repeats INC-2, 2 d earlier, of the class Configuration"
    assert repeats(three, NO_CLASS)["inc_3"].said == (
        "it repeats INC-1, 12 d earlier, of the same service and title"
    )
    soon = repeats([three[0], *occurrences([incident(2, 0.5)])], NO_CLASS)["inc_2"]
    assert "less than a day earlier" in soon.said


def test_a_repeat_asks_for_a_postmortem_unless_the_team_wants_none_of_it() -> None:
    later = incident(2, 30)
    repeat = repeats(occurrences([incident(1, 0), later]), NO_CLASS)["inc_2"]
    asks = (repeat.said,)
    assert reasons_required(later, rolled_back=False, repeat=repeat) == asks
    shorter, never = RequiredWhen(repeated_within=timedelta(days=7)), RequiredWhen(
        repeated_within=None
    )  # fmt: skip
    for rules in (shorter, never):
        assert reasons_required(later, rolled_back=False, repeat=repeat, rules=rules) == ()


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from("ab"), st.sets(st.sampled_from("xyz"))),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_a_repeat_is_of_an_earlier_one_that_it_is_like_in_whatever_order(
    told: list[tuple[int, str, set[str]]], shuffled: object
) -> None:
    made = [incident(number, day, title) for number, (day, title, _) in enumerate(told)]
    classes = {f"inc_{n}": {key: key for key in keys} for n, (_, _, keys) in enumerate(told)}
    found = repeats(occurrences(made), classes)
    by_id = {one.id: one for one in made}
    for one in made:
        before = [
            each for each in made
            if (each.began_at, each.number) < (one.began_at, one.number)
            and one.began_at - each.began_at <= REPEATED_WITHIN
            and (each.title == one.title or classes[each.id].keys() & classes[one.id].keys())
        ]  # fmt: skip
        assert (one.id in found) == bool(before)
        if before:
            assert by_id[found[one.id].earlier_id] in before
    mixed = list(made)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    assert repeats(occurrences(mixed), classes) == found
