"""Services as values: what hangs on what, circles, and what applying a file would do."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.catalog.applying import plan
from kintsugi.core.catalog.dependencies import circle, components, reached, through, turned
from kintsugi.core.catalog.service import (
    LinkKind,
    Service,
    ServiceLink,
    ServiceSpec,
    checked,
    differing,
    parse_link_kind,
    service_name,
)
from kintsugi.core.catalog.tier import Tier, parse_tier
from kintsugi.core.shared.errors import InvalidValue
from tests.strategies import NASTY

NAMES = [f"s{number}" for number in range(9)]
graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4))
specs = st.lists(
    st.builds(
        ServiceSpec,
        name=st.sampled_from(NAMES),
        title=st.sampled_from(["", "A", "B"]),
        tier=st.sampled_from([None, *Tier]),
        tags=st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple),
    ),
    unique_by=lambda spec: spec.name,
)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def kept(spec: ServiceSpec, *, retired: bool = False) -> Service:
    return Service("svc_" + spec.name, spec, 1, "usr_x", AT, AT, AT if retired else None)


@given(graphs, st.sampled_from(NAMES))
def test_what_is_reached_is_closed_and_one_step_at_a_time(
    graph: dict[str, list[str]], name: str
) -> None:
    steps = reached(name, graph)
    assert name not in steps
    everywhere = {name: 0, **steps}
    for here, count in everywhere.items():
        for other in graph.get(here, ()):
            assert everywhere[other] <= count + 1
    assert all(
        any(everywhere.get(before, 99) == count - 1 and one in graph.get(before, ())
            for before in graph)
        for one, count in steps.items()
    )  # fmt: skip


@given(graphs, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_it_depends_if_and_only_if_the_other_is_needed(
    graph: dict[str, list[str]], one: str, other: str
) -> None:
    assert (other in reached(one, graph)) == (one in reached(other, turned(graph)))


@given(graphs, st.sampled_from(NAMES))
def test_a_way_goes_through_a_direct_dependency(graph: dict[str, list[str]], name: str) -> None:
    ways, steps = through(name, graph), reached(name, graph)
    assert set(ways) == set(steps)
    for other, first in ways.items():
        assert first in graph[name]
        assert other == first or steps[other] == reached(first, graph)[other] + 1


@given(graphs, st.sampled_from(NAMES))
def test_a_circle_is_a_way_back_and_told_of_everybody_in_it(
    graph: dict[str, list[str]], name: str
) -> None:
    way = circle(name, graph)
    together = next((group for group in components(graph) if name in group), (name,))
    if not way:
        assert together == (name,)
        return
    assert way[0] == way[-1] == name
    assert len(set(way)) == len(way) - 1
    assert all(after in graph[before] for before, after in pairwise(way))
    assert set(way) <= set(together)


@given(graphs)
def test_groups_hold_every_name_once_after_all_they_depend_on(graph: dict[str, list[str]]) -> None:
    groups = components(graph)
    place = {name: number for number, group in enumerate(groups) for name in group}
    assert len(place) == sum(map(len, groups))
    assert set(place) == {*graph, *(one for many in graph.values() for one in many)}
    for name, needed in graph.items():
        assert all(place[other] <= place[name] for other in needed)


def test_a_chain_longer_than_the_stack_is_no_trouble() -> None:
    chain = {str(number): [str(number + 1)] for number in range(20_000)}
    assert len(components(chain)) == 20_001
    assert reached("0", chain)["20000"] == 20_000


@given(specs, specs, st.booleans())
def test_after_applying_a_plan_nothing_is_left_to_change(
    before: list[ServiceSpec], wanted: list[ServiceSpec], prune: bool
) -> None:
    catalog = {spec.name: kept(checked(spec), retired=spec.title == "B") for spec in before}
    if prune and not wanted:
        with pytest.raises(InvalidValue, match="names no service"):
            plan(wanted, catalog, prune=True)
        return
    first = plan(wanted, catalog, prune=prune)
    after = dict(catalog)
    for spec in first.created:
        after[spec.name] = kept(spec)
    for spec, fields in first.changed:
        assert fields
        after[spec.name] = kept(spec)
    for name in first.retired:
        after[name] = kept(after[name].spec, retired=True)
    again = plan(wanted, after, prune=prune)
    assert (again.created, again.changed, again.retired) == ((), (), ())
    assert set(again.unchanged) == {spec.name for spec in wanted}
    if prune:
        running = {name for name, service in after.items() if not service.is_retired}
        assert running == {spec.name for spec in wanted}


@given(st.sampled_from(NASTY) | st.text(max_size=80))
def test_any_text_is_a_name_or_refused_and_a_name_stays_itself(text: str) -> None:
    try:
        name = service_name(text)
    except InvalidValue:
        return
    assert service_name(name) == service_name(name.upper()) == name


@given(st.text(max_size=60).map("https://".__add__) | st.sampled_from(NASTY))
def test_an_address_holds_nothing_that_could_leave_its_attribute(url: str) -> None:
    spec = ServiceSpec("a", links=(ServiceLink(LinkKind.OTHER, url),))
    try:
        found = checked(spec).links[0].url
    except InvalidValue:
        return
    assert not set(found) & set('"<>`\\ \n\t')
    assert "@" not in found.split("/")[2].split("?")[0].split("#")[0]


@given(specs)
def test_what_was_checked_stays_as_it_is(found: list[ServiceSpec]) -> None:
    for spec in found:
        assert checked(checked(spec)) == checked(spec)
        assert differing(checked(spec), checked(spec)) == ()


def test_tiers_and_kinds_are_read_in_the_ways_people_write_them() -> None:
    assert [parse_tier(word) for word in (1, "1", "Tier 1", "tier-1", " TIER1 ")] == [Tier(1)] * 5
    assert Tier(2).label == "Tier 2, business critical"
    assert parse_link_kind("Status-Page") is parse_link_kind("status_page") is LinkKind.STATUS_PAGE
    for wrong in (0, 5, "", "one", True):
        with pytest.raises(InvalidValue):
            parse_tier(wrong)
