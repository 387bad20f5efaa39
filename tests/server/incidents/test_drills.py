"""Drills, and how the list and a change over the API deal with all else that an incident is."""

import pytest
import sqlalchemy as sa
from pydantic import BaseModel

from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.incidents import store
from kintsugi.server.incidents.api.bodies import IncidentBody, IncidentPage
from kintsugi.server.incidents.tables import incidents
from tests.server.cast import Cast, MovableClock
from tests.server.incidents.test_record import ALICE

pytestmark = pytest.mark.both_databases

ADDRESS = "/api/incidents"


def declared(client: Cast, **said: object) -> None:
    answer = client.bob.post(ADDRESS, json={"title": "Checkout fails", **said})
    assert answer.status_code == 201, answer.text


def found(client: Cast, **asked: str) -> list[str]:
    answer = client.charlie.get(ADDRESS, params=asked)
    assert answer.status_code == 200, answer.text
    return [one["reference"] for one in answer.json()["items"]]


def test_a_drill_is_marked_later_with_a_reason(client: Cast) -> None:
    declared(client, drill=True)
    declared(client)
    assert found(client, drill="yes") == ["INC-1"]
    assert found(client, drill="no") == ["INC-2"]
    place, match = f"{ADDRESS}/INC-2", {"If-Match": '"1"'}
    assert client.bob.patch(place, json={"drill": True}, headers=match).status_code == 422
    said = {"drill": True, "reason": "the game day"}
    body = client.bob.patch(place, json=said, headers=match).json()
    assert (body["drill"], body["version"]) == (True, 2)
    told = client.charlie.get(f"{place}/timeline").json()["items"][-1]["text"]
    assert told == "Marked as a drill: the game day"
    assert found(client, drill="no") == []
    assert client.charlie.get(ADDRESS, params={"drill": "maybe"}).status_code == 422
    done = client.bob.post(
        "/incidents/INC-2/drill", data={"on": "no", "reason": "it was real", "version": "2"}
    )
    assert done.status_code == 303
    assert found(client, drill="no") == ["INC-2"]


def test_statistics_count_no_drill_nothing_private_and_no_duplicate(
    client: Cast, works: Works
) -> None:
    declared(client)
    declared(client, drill=True)
    declared(client, private=True)
    declared(client)
    client.bob.post(f"{ADDRESS}/INC-4/merge", json={"into": "INC-1", "reason": "same"})
    with works.reading(ALICE) as work:
        query = sa.select(incidents.c.reference).where(store.counted())
        assert work.connection.execute(query).scalars().all() == ["INC-1"]


def test_the_list_is_narrowed_by_when_it_was_declared(client: Cast, clock: MovableClock) -> None:
    declared(client)
    clock.forward(hours=1)
    declared(client)
    assert found(client, declaredAfter="2026-03-02T09:30:00Z") == ["INC-2"]
    assert found(client, declaredBefore="2026-03-02T10:00:00Z") == ["INC-1"]
    assert client.bob.get(ADDRESS, params={"declaredAfter": "soon"}).status_code == 422


def test_one_change_takes_everything_or_nothing(client: Cast) -> None:
    declared(client)
    place = f"{ADDRESS}/INC-1"
    said = {
        "title": "Payments fail", "detection": "customer", "severity": 2, "status": "identified",
        "commander": "bob@example.com", "drill": True, "private": True, "reason": "as found",
    }  # fmt: skip
    wrong = {**said, "commander": "usr_x"}
    match = {"If-Match": '"1"'}
    assert client.bob.patch(place, json=wrong, headers=match).status_code == 422
    assert client.bob.get(place).json()["title"] == "Checkout fails"
    answer = client.bob.patch(place, json=said, headers=match)
    body = answer.json()
    assert answer.headers["etag"] == f'"{body["version"]}"'
    assert (body["title"], body["detection"], body["severity"]) == (
        "Payments fail",
        "customer",
        "SEV-2",
    )
    assert (body["status"], body["commander"], body["drill"]) == ("identified", "Bob", True)
    assert body["private"] is True
    last = {"If-Match": answer.headers["etag"]}
    cleared = client.bob.patch(place, json={"detection": None}, headers=last)
    assert cleared.json()["detection"] is None


def test_what_is_answered_is_what_the_document_describes(client: Cast) -> None:
    declared(client, severity=1, services=["api"], detection="monitoring")
    keys = {name.alias for name in IncidentBody.model_fields.values()}
    one = client.bob.get(f"{ADDRESS}/INC-1").json()
    assert set(one) == keys
    assert plain(IncidentBody.model_validate(one)) == one
    page = client.bob.get(ADDRESS).json()
    assert plain(IncidentPage.model_validate(page)) == page


def plain(body: BaseModel) -> object:
    """As it is answered: what is not known of an impact is left out."""
    return body.model_dump(mode="json", by_alias=True, exclude_unset=True)
