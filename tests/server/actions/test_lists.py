"""The list of actions of a postmortem, written again and again: none is lost, none is made twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem, ActionStatus, Horizon
from kintsugi.core.actions.matching import Known, matched
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.actions import service as actions
from tests.server.actions.begun import FIRST, SECOND, begun, patched
from tests.server.cast import Cast, MovableClock

pytestmark = pytest.mark.both_databases

SOURCE = actions.Source("pm_1", "PM-1", "inc_1")


def written(
    works: Works, items: list[ActionItem], severity: Severity | None = None
) -> list[actions.Action]:
    with works.writing(SYSTEM) as work:
        actions.replace_all(work, SOURCE, items, severity)
        return actions.of_source(work, SOURCE.id)


def test_an_id_goes_before_words_whatever_the_order(works: Works) -> None:
    first = written(works, [ActionItem("Add an alert"), ActionItem("Set a limit")])
    swapped = [
        ActionItem("Add an alert"),
        replace(first[0].item, description="Add an alert on the pool"),
        first[1].item,
    ]
    again = written(works, swapped)
    assert [one.reference for one in again] == ["ACT-3", "ACT-1", "ACT-2"]
    assert again[1].item.description == "Add an alert on the pool"


def test_an_action_that_comes_back_is_the_one_it_was(works: Works) -> None:
    first = written(works, [ActionItem("Add an alert"), ActionItem("Set a limit")])
    assert [one.reference for one in written(works, [first[1].item])] == ["ACT-2"]
    back = written(works, [first[1].item, first[0].item])
    assert [one.reference for one in back] == ["ACT-2", "ACT-1"]
    written(works, [])
    assert [one.reference for one in written(works, [ActionItem("Set a limit")])] == ["ACT-2"]


def test_a_place_in_the_list_is_no_change_of_an_action(works: Works) -> None:
    first = written(works, [ActionItem("Add an alert"), ActionItem("Set a limit")])
    again = written(works, [first[1].item, first[0].item])
    assert [one.version for one in again] == [1, 1]


def test_an_id_of_another_postmortem_is_not_taken_over(works: Works) -> None:
    copied = written(works, [ActionItem("Add an alert", id="ACT-77"), ActionItem("B", id="AI-1")])
    assert [one.item.id for one in copied] == ["ACT-1", "AI-1"]


def test_a_state_in_a_list_has_what_it_asks_for(works: Works) -> None:
    with pytest.raises(InvalidValue, match=r"actionItems\[0\].evidence"):
        written(works, [ActionItem("Add an alert", status=ActionStatus.VERIFIED)])
    with pytest.raises(InvalidValue, match=r"actionItems\[1\].reason"):
        written(works, [ActionItem("A"), ActionItem("B", status=ActionStatus.WONT_DO)])


def test_a_list_moves_an_action_only_as_its_own_page_does(client: Cast) -> None:
    made = begun(client, FIRST, SECOND)
    first, second = made["actionItems"]

    def refused(**said: str) -> tuple[int, str]:
        answer = patched(client.bob, "PM-1", {"actionItems": [first | said, second]})
        return answer.status_code, answer.json()["detail"]

    code, detail = refused(status="VERIFIED", evidence="seen")
    assert (code, "it cannot go to VERIFIED while it is TODO" in detail) == (409, True)
    dropped = {"status": "WONT_DO", "reason": "The pool is gone."}
    for approver, said in (("", "missing"), ("nobody@example.com", "nobody here")):
        code, detail = refused(**dropped, approver=approver)
        assert (code, "actionItems[0].approver" in detail, said in detail) == (422, True, True)
    mine = second | dropped | {"approver": "bob@example.com"}
    answer = patched(client.bob, "PM-1", {"actionItems": [first, mine]})
    assert (answer.status_code, "is you" in answer.json()["detail"]) == (422, True)
    agreed = second | dropped | {"approver": "Alice@example.com"}
    answer = patched(client.bob, "PM-1", {"actionItems": [first, agreed]})
    assert answer.json()["actionItems"][1]["approver"] == "alice@example.com"


def test_the_due_day_follows_from_the_severity_when_nothing_else_says_it(
    client: Cast, clock: MovableClock
) -> None:
    bare = {"description": "Set a limit", "owner": "bob@example.com"}
    begun(client, bare, FIRST, SECOND)

    def due() -> dict[str, str]:
        found = client.bob.get("/api/actions").json()["items"]
        return {one["reference"]: one["dueOn"] for one in found}

    assert due() == {"ACT-1": "2026-04-27", "ACT-2": "2026-03-12", "ACT-3": "2026-04-01"}
    clock.forward(days=3)
    assert patched(client.bob, "PM-1", {"severity": "SEV-1"}).status_code == 200
    assert due() == {"ACT-1": "2026-03-17", "ACT-2": "2026-03-12", "ACT-3": "2026-04-01"}
    history = client.bob.get("/api/actions/ACT-1").json()["history"]
    assert history[0]["fields"] == [
        {"field": "due_on", "before": "2026-04-27", "after": "2026-03-17"}
    ]


def test_two_edits_keep_ids_over_the_api(client: Cast) -> None:
    made = begun(client, FIRST, SECOND)
    said: list[dict[str, Any]] = list(reversed(made["actionItems"]))
    said.append({"description": "Write a runbook", "owner": "bob@example.com"})
    now = patched(client.bob, "PM-1", {"actionItems": said}).json()
    assert [one["id"] for one in now["actionItems"]] == ["ACT-2", "ACT-1", "ACT-3"]


words = st.sampled_from(["Add an alert", "Set a limit", "Write a runbook", "Test the failover"])
edits = st.lists(
    st.one_of(
        st.tuples(st.just("add"), words, st.sampled_from(["", "", "AI-1", "ACT-500"])),
        st.tuples(st.just("remove"), st.integers(0, 9), st.just("")),
        st.tuples(st.just("reword"), st.integers(0, 9), words),
        st.tuples(st.just("move"), st.integers(0, 9), st.just("")),
        st.tuples(st.just("horizon"), st.integers(0, 9), st.just("")),
        st.tuples(st.just("restore"), st.integers(0, 9), st.just("")),
    ),
    max_size=12,
)


def _edited(
    items: list[ActionItem], gone: list[ActionItem], edit: tuple[str, Any, str]
) -> list[ActionItem]:
    what, where, more = edit
    if what == "add":
        return [*items, ActionItem(where, id=more)]
    if what == "restore":
        return [*items, gone.pop(where % len(gone))] if gone else items
    if not items:
        return items
    place = where % len(items)
    one, rest = items[place], items[:place] + items[place + 1 :]
    match what:
        case "remove":
            gone.append(one)
            return rest
        case "move":
            return [one, *rest]
        case "reword":
            one = replace(one, description=more)
        case _:
            one = replace(one, horizon=Horizon.LONG)
    return [*items[:place], one, *items[place + 1 :]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(edits)
def test_any_edits_of_the_list_keep_ids_and_lose_nothing(works: Works, made: list[Any]) -> None:
    with works.writing(SYSTEM) as work:
        source = actions.Source(work.new_id("pm"), "PM-1", "inc_1")
        items: list[ActionItem] = []
        gone: list[ActionItem] = []
        is_named: dict[str, str] = {}
        for edit in made:
            said = _edited(items, gone, edit)
            actions.replace_all(work, source, said, None)
            kept = actions.of_source(work, source.id)
            assert [one.item.description for one in kept] == [one.description for one in said]
            assert [one.item.horizon for one in kept] == [one.horizon for one in said]
            assert [one.position for one in kept] == list(range(len(said)))
            assert len({one.id for one in kept}) == len(said)
            doubled = {
                one.item.id for one in kept if [x.item.id for x in kept].count(one.item.id) > 1
            }
            for one in kept:
                if one.item.id not in doubled and not one.local_id:
                    assert is_named.setdefault(one.item.id, one.id) == one.id
            items = [one.item for one in kept]


@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "b"]), words)),
    st.lists(st.tuples(st.sampled_from(["", "a", "b"]), words)),
)
def test_no_action_is_continued_twice(
    before: list[tuple[str, str]], said: list[tuple[str, str]]
) -> None:
    known = [Known((name or f"ACT-{place}",), text) for place, (name, text) in enumerate(before)]
    found = matched(known, [ActionItem(text, id=name) for name, text in said])
    taken = [one for one in found if one is not None]
    assert len(taken) == len(set(taken))
    for (name, text), place in zip(said, found, strict=True):
        if place is not None:
            assert (name in known[place].names) if name else text == known[place].description
