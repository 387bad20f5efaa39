"""The year's postmortems as they stand at its end, and who of the six sees which."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from kintsugi.core.actions.item import ActionStatus
from kintsugi.core.actions.lifecycle import is_overdue, is_settled
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.formats.own_json import write_json
from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.actions import service as actions
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems
from tests.demo.told import NOW, Told

pytestmark = pytest.mark.xdist_group("told")

TODAY = NOW.date()
DRAFTS = {
    "feed-throttled": {"lucja", "soren"},
    "orders-down": {"amara", "soren", "lucja"},
    "old-scanners": {"lucja"},
    "sms-spain": {"diego"},
    "token-in-log": {"diego", "amara"},
}
"""Who has a part in each draft."""


@pytest.fixture
def by_key(told: Told) -> dict[str, postmortems.Stored]:
    """Every postmortem by the key of its incident, each read by somebody who sees it."""
    found: dict[str, postmortems.Stored] = {}
    for person in told.people.values():
        with told.works.reading(person) as work:
            for one in postmortems.list_postmortems(work, postmortems.Wanted(), 100).items:
                if one.id not in {stored.id for stored in found.values()}:
                    title = incidents.get(work, one.incident_id).title
                    story = next(each for each in told.company.stories if title == each.title)
                    found[story.key] = postmortems.get(work, one.id)
    return found


@pytest.fixture
def listed(told: Told) -> list[actions.Action]:
    """Every action that the editor and the author of the rest see."""
    found: dict[str, actions.Action] = {}
    for key in ("soren", "diego", "lucja", "amara"):
        with told.works.reading(told.people[key]) as work:
            page = actions.list_actions(work, actions.Wanted(), 200)
            found |= {one.id: one for one in page.items}
    return list(found.values())


def test_there_are_some_of_every_state(by_key: dict[str, postmortems.Stored]) -> None:
    assert Counter(one.status for one in by_key.values()) == {
        PostmortemStatus.PUBLISHED: 12, PostmortemStatus.ARCHIVED: 5,
        PostmortemStatus.IN_REVIEW: 3, PostmortemStatus.DRAFT: 5,
    }  # fmt: skip


def test_each_of_the_six_sees_what_is_theirs_to_see(
    told: Told, by_key: dict[str, postmortems.Stored]
) -> None:
    for person in told.people:
        sees = set(by_key) - set(DRAFTS)
        if person == "priya":
            sees -= {"boxes", "yen-refunds", "double-capture"}
        sees |= {key for key, people in DRAFTS.items() if person in people}
        named = [by_key[key].document.contributors for key in by_key]
        assert all("@" in one for people in named for one in people)
        with told.works.reading(told.people[person]) as work:
            page = postmortems.list_postmortems(work, postmortems.Wanted(), 100)
        ids = {one.id for one in page.items}
        assert {key for key, one in by_key.items() if one.id in ids} == sees, person


def test_what_is_published_was_approved_by_enough_others(
    told: Told, by_key: dict[str, postmortems.Stored]
) -> None:
    with told.works.reading(told.people["soren"]) as work:
        for key, one in by_key.items():
            if one.status in (PostmortemStatus.PUBLISHED, PostmortemStatus.ARCHIVED):
                state = postmortems.review_state(work, one)
                assert state.counted >= state.needed, key
                assert all(said.user_id != one.created_by for said, _ in state.said), key
                assert one.published_at is not None
                assert not one.proposals
        reasons = {
            key: [each.reason for each in postmortems.revisions(work, one)]
            for key, one in by_key.items()
        }
    # The first revision of each is the one that was sent to review; a longer reason is that of a new one.
    assert {key for key, said in reasons.items() if any(" " in each for each in said)} == {
        "retry-storm",
        "overbooked",
        "double-capture",
    }


def test_three_reviews_stand_still_each_for_its_own_reason(
    told: Told, by_key: dict[str, postmortems.Stored]
) -> None:
    with told.works.reading(told.people["soren"]) as work:
        refused = postmortems.review_state(work, by_key["yen-refunds"])
        fallen = postmortems.review_state(work, by_key["boxes"])
        waiting = postmortems.review_state(work, by_key["double-capture"])
        threads = postmortems.comments(work, by_key["yen-refunds"])
    assert [one.decision for one, _ in refused.said] == [postmortems.Decision.REFUSE]
    assert refused.said[0][0].note
    assert (fallen.counted, len(fallen.said)) == (0, 1)
    assert (waiting.counted, waiting.needed) == (1, 2)
    assert len(threads) == 3
    assert len({one.thread_id for one in threads}) == 2


def test_what_is_archived_is_settled_or_was_when_it_was_archived(
    by_key: dict[str, postmortems.Stored],
) -> None:
    items = [
        (one.archived_at, item)
        for one in by_key.values()
        if one.status is PostmortemStatus.ARCHIVED
        for item in one.document.action_items
    ]
    assert all(at is not None and is_settled(item, at.date()) for at, item in items)
    risks = [item for _, item in items if item.status is ActionStatus.ACCEPTED_RISK]
    left = sorted((one.expires - TODAY).days for one in risks if one.expires)
    assert left == [-75, 9]
    assert all(one.approver for one in risks)
    given_up = [item for _, item in items if item.status is ActionStatus.WONT_DO]
    assert len(given_up) == 1
    assert given_up[0].approver == "amara@tidewell.example"
    verified = [item for _, item in items if item.status is ActionStatus.VERIFIED]
    assert len(verified) >= 6
    assert all(item.evidence for item in verified)


def test_actions_of_every_state_are_there(listed: list[actions.Action]) -> None:
    assert 70 <= len(listed) <= 80
    states = Counter(one.item.status for one in listed)
    assert set(states) == set(ActionStatus)
    overdue = [one for one in listed if is_overdue(one.item, one.due_on, TODAY)]
    assert 8 <= len(overdue) <= 20
    week = [
        one for one in listed
        if TODAY <= one.due_on <= TODAY + timedelta(days=7) and not is_settled(one.item, TODAY)
    ]  # fmt: skip
    assert len(week) >= 5
    assert sum(not one.item.owner for one in listed) == 2
    outside = [one for one in listed if one.item.owner and one.owner_id is None]
    assert len(outside) >= 2


def test_what_was_not_done_comes_back(
    listed: list[actions.Action], by_key: dict[str, postmortems.Stored]
) -> None:
    words = Counter(one.item.description for one in listed)
    again = {each for each, count in words.items() if count > 1}
    assert len(again) == 2
    for each in again:
        first = min((one for one in listed if one.item.description == each), key=lambda a: a.number)
        assert not is_settled(first.item, TODAY)
    factors = Counter(
        factor.text for one in by_key.values() for factor in one.document.contributing_factors
    )
    assert sorted(factors.values())[-2:] == [2, 3]


def test_every_reference_leads_somewhere(told: Told, by_key: dict[str, postmortems.Stored]) -> None:
    references: set[str] = set()
    with told.works.reading(told.people["soren"]) as work:
        for one in by_key.values():
            texts = [write_json(one.document)]
            if one.status is not PostmortemStatus.DRAFT:
                texts += [said.text for said in postmortems.comments(work, one)]
                texts += [each.reason for each in postmortems.revisions(work, one)]
            for text in texts:
                assert not re.search(r"\{(inc|pm|act):", text)
                references |= set(re.findall(r"\b(?:INC|PM|ACT)-\d+\b", text))
        assert len(references) > 10
        for reference in references:
            if reference.startswith("INC"):
                assert incidents.get(work, reference).reference == reference
            elif reference.startswith("PM"):
                assert postmortems.get(work, reference).reference == reference
            else:
                assert actions.get(work, reference).reference == reference


def test_the_audit_log_tells_of_postmortems_and_actions(told: Told) -> None:
    with told.works.reading(SYSTEM) as work:
        log = Counter(entry.action for entry in audit.in_order(work.connection))
    assert log["postmortem.approve"] > 20
    assert log["postmortem.refuse"] == 2
    assert log["postmortem.share"] == 2
    assert log["action.change"] > 60
    assert log["postmortem.template"] == 1


def test_one_draft_waits_for_decisions_on_what_was_proposed(
    by_key: dict[str, postmortems.Stored],
) -> None:
    fresh = by_key["feed-throttled"]
    assert len(fresh.proposals) > 5
    assert NOW - fresh.created_at < timedelta(hours=2)


@pytest.mark.long
def test_pages_show_them_to_whoever_sees_them(
    browsers: dict[str, TestClient], by_key: dict[str, postmortems.Stored]
) -> None:
    for key in ("retry-storm", "overbooked", "kana", "boxes", "token-in-log", "feed-throttled"):
        reference = by_key[key].reference
        for person in ("priya", "lucja"):
            hidden = person not in DRAFTS.get(key, {person})
            hidden |= person == "priya" and key == "boxes"
            answer = browsers[person].get(f"/postmortems/{reference}")
            assert answer.status_code == (404 if hidden else 200), (person, key)
    for place in ("/postmortems", "/actions"):
        for person, browser in browsers.items():
            answer = browser.get(place)
            assert answer.status_code == 200, (person, place)
            assert person in ("diego", "amara") or "deploy token" not in answer.text
