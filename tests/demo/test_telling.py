"""The year told to a database of each kind, and seen by its six people."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.incidents.milestones import out_of_order
from kintsugi.demo.company.place import LOADED
from kintsugi.demo.company.telling import NotEmpty, tell
from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.accounts.service import teams
from kintsugi.server.analysis import service as analysis
from kintsugi.server.catalog import service as catalog
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.tables import incident_events as events_table
from kintsugi.server.incidents.tables import incidents as incidents_table
from kintsugi.server.postmortems.tables import postmortem_edits, postmortems
from tests.demo.told import NOW, PASSWORD, Told

pytestmark = pytest.mark.xdist_group("told")

PLACES = (
    "/", "/incidents", "/incidents?status=closed", "/services", "/services/booking", "/teams", "/profile",
)  # fmt: skip
OF_IT_ALONE = "deploy token"


@pytest.fixture
def everything(told: Told) -> list[Incident]:
    """All incidents, as one of those sees them who see the private one."""
    with told.works.reading(told.people["soren"]) as work:
        return list(incidents.list_incidents(work, incidents.Wanted(), 100).items)


def test_all_of_it_is_there(told: Told, everything: list[Incident]) -> None:
    with told.works.reading(told.people["amara"]) as work:
        assert len(accounts.list_users(work).items) == 6
        assert len(teams.list_teams(work).items) == 4
        assert len(catalog.names(work)) == 12
    assert len(everything) == 40
    still_open = [one for one in everything if is_open(one.status)]
    assert len(still_open) == 3
    assert {one.severity.label if one.severity else "" for one in still_open} == {
        "SEV-1", "SEV-3", "",
    }  # fmt: skip
    assert sum(one.merged_into_id is not None for one in everything) == 1
    assert sum(one.commander_id is not None for one in everything) > 8
    assert sum(one.impact_numbers.is_quantified for one in everything) == 6


def test_numbers_follow_the_order_of_time_and_nothing_is_in_the_future(
    told: Told, everything: list[Incident]
) -> None:
    assert len(told.company.stories) == len(everything)
    numbered = sorted(everything, key=lambda one: one.number)
    assert [one.created_at for one in numbered] == sorted(one.created_at for one in everything)
    assert all(one.updated_at <= NOW for one in everything)
    assert NOW - numbered[0].created_at < timedelta(days=380)


def test_every_timeline_is_in_order_and_every_milestone_too(
    told: Told, everything: list[Incident]
) -> None:
    with told.works.reading(told.people["soren"]) as work:
        for one in everything:
            entries = incidents.timeline(work, one)
            assert len(entries) >= 3, one.title
            recorded = [entry.recorded_at for entry in sorted(entries, key=lambda e: e.sequence)]
            assert recorded == sorted(recorded), one.title
            assert all(entry.happened_at <= entry.recorded_at for entry in entries)
            assert out_of_order(one.milestones) == [], one.title


def test_the_audit_log_tells_the_year_too(told: Told) -> None:
    with told.works.reading(SYSTEM) as work:
        assert audit.first_broken(work.connection) is None
        log = list(audit.in_order(work.connection))
    assert log[0].action == LOADED
    assert [entry.at for entry in log] == sorted(entry.at for entry in log)
    assert {viewer.user_id for viewer in told.people.values()} < {entry.actor_id for entry in log}
    assert PASSWORD not in "".join(entry.detail for entry in log)


def test_it_goes_into_an_empty_database_only(told: Told) -> None:
    with pytest.raises(NotEmpty):
        tell(told.works, told.company, NOW, PASSWORD)
    with told.works.reading(told.people["soren"]) as work:
        assert len(incidents.list_incidents(work, incidents.Wanted(), 100).items) == 40


@pytest.mark.long
def test_each_of_the_six_sees_every_page_and_no_other_the_private_incident(
    browsers: dict[str, TestClient], everything: list[Incident]
) -> None:
    secret = next(one for one in everything if one.is_private)
    for key, browser in browsers.items():
        sees = key in ("diego", "amara", "soren")
        # The rest see what the viewer or the editor sees; a part of it is enough for them.
        shown = everything if key in ("soren", "priya") else [*everything[:8], secret]
        for one in shown:
            answer = browser.get(f"/incidents/{one.reference}")
            wanted = 200 if sees or not one.is_private else 404
            assert answer.status_code == wanted, (key, one.reference)
            if not sees:
                assert OF_IT_ALONE not in answer.text
        for place in PLACES:
            answer = browser.get(place)
            assert answer.status_code == 200, (key, place)
            if not sees:
                assert secret.title not in answer.text
        assert browser.get("/people").status_code in (200, 403)


@pytest.mark.long
def test_the_same_now_gives_the_same_year(told: Told, told_again: Works) -> None:
    assert year_in(told_again) == year_in(told.works)


def year_in(works: Works) -> list[tuple[object, ...]]:
    """Every entry of every timeline and every change of a postmortem, without the ids."""
    with works.reading(SYSTEM) as work:
        rows = work.connection.execute(
            sa.select(
                incidents_table.c.reference, events_table.c.sequence, events_table.c.recorded_at,
                events_table.c.kind, events_table.c.text,
            )
            .join(events_table, events_table.c.incident_id == incidents_table.c.id)
            .order_by(incidents_table.c.number, events_table.c.sequence)
        )  # fmt: skip
        edits = work.connection.execute(
            sa.select(postmortems.c.reference, postmortem_edits.c.version, postmortem_edits.c.at,
                      postmortem_edits.c.what, postmortem_edits.c.actor)
            .join(postmortem_edits, postmortem_edits.c.postmortem_id == postmortems.c.id)
            .order_by(postmortems.c.number, postmortem_edits.c.version)
        )  # fmt: skip
        return [tuple(row) for row in (*rows, *edits)]


def test_some_of_it_was_written_down_later_than_it_happened(
    told: Told, everything: list[Incident]
) -> None:
    with told.works.reading(told.people["soren"]) as work:
        late = [
            entry
            for one in everything
            for entry in incidents.timeline(work, one)
            if entry.happened_at < entry.recorded_at
        ]
    assert len(late) >= 5


def test_the_company_keeps_a_fault_tree_that_its_year_gives_rates(told: Told) -> None:
    with told.works.reading(told.people["priya"]) as work:
        (tree,) = analysis.list_trees(work, analysis.Wanted(), 10).items
        held = analysis.answered(work, tree.model)
    assert [one.why for one in held.estimates] == [""] * 4
    assert len(held.bought) == 3
    assert all(one.worth and one.worth > 0 for one in held.bought)
    assert 0.05 < (held.solved.solution.probability.value or 0) < 0.9
