"""Applying many services at once: all or nothing, and only what differs."""

from __future__ import annotations

import pytest

from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.catalog import service as catalog
from kintsugi.server.catalog.events import ServiceAdded, ServiceChanged, ServiceRetired
from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases

SERVICES: list[dict[str, object]] = [
    {"name": "web", "dependsOn": ["checkout"]},
    {"name": "checkout", "tier": 1, "dependsOn": ["web"], "tags": ["a", "b"]},
    {"name": "old"},
]


def applied(client: Cast, services: list[dict[str, object]], **said: object) -> dict[str, object]:
    answer = client.alice.post("/api/services/apply", json={"services": services, **said})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_it_says_what_it_made_changed_and_left(client: Cast) -> None:
    done = applied(client, SERVICES)
    assert done == {
        "created": ["web", "checkout", "old"], "changed": [], "unchanged": [], "retired": [],
        "dryRun": False,
    }  # fmt: skip
    assert applied(client, SERVICES)["unchanged"] == ["web", "checkout", "old"]
    # Order is no difference, what is left out is empty, and what is not named stays.
    again = applied(
        client,
        [{"name": "checkout", "dependsOn": ["web"], "tags": ["b", "a"]}, {"name": "new-one"}],
    )
    assert again["created"] == ["new-one"]
    assert again["changed"] == [{"name": "checkout", "fields": ["tier"]}]
    assert client.charlie.get("/api/services/old").json()["retired"] is False


def test_pruning_retires_what_is_not_named_and_naming_it_brings_it_back(client: Cast) -> None:
    applied(client, SERVICES)
    assert applied(client, SERVICES[:2], prune=True)["retired"] == ["old"]
    assert applied(client, SERVICES[:2], prune=True)["retired"] == []
    back = applied(client, SERVICES)
    assert back["changed"] == [{"name": "old", "fields": ["retired"]}]
    assert client.charlie.get("/api/services/old").json()["retired"] is False


def test_a_dry_run_says_the_same_and_writes_nothing(client: Cast, works: Works) -> None:
    applied(client, SERVICES[:2])
    with works.reading(SYSTEM) as work:
        before = len(list(audit.in_order(work.connection)))
    said: list[dict[str, object]] = [{"name": "checkout"}, {"name": "third"}]
    told = applied(client, said, prune=True, dryRun=True)
    assert told["dryRun"] is True
    with works.reading(SYSTEM) as work:
        assert len(list(audit.in_order(work.connection))) == before
    assert applied(client, said, prune=True) == told | {"dryRun": False}


@pytest.mark.parametrize(
    ("said", "prune", "field", "told"),
    [
        ([{"name": "a"}, {"name": "b", "dependsOn": ["x", "a", "y"]}], False,
         "services[1].dependsOn[0]", "'x' and 'y' are no services"),
        ([{"name": "a"}, {"name": "A"}], False, "services[1].name", "twice"),
        ([{"name": "web", "dependsOn": ["checkout"]}], True, "services[0].dependsOn[0]", "retired"),
        ([{"name": "a"}, {"name": "b", "tier": 7}], False, "services[1].tier", "tier"),
        ([], True, "services", "names no service"),
    ],
)  # fmt: skip
def test_one_wrong_service_and_nothing_is_written(
    client: Cast, said: list[dict[str, object]], prune: bool, field: str, told: str
) -> None:
    applied(client, SERVICES)
    answer = client.alice.post("/api/services/apply", json={"services": said, "prune": prune})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert told in answer.json()["detail"]
    found = client.charlie.get("/api/services").json()["items"]
    assert [one["name"] for one in found] == ["checkout", "old", "web"]


def test_the_rooms_above_hear_of_it(works: Works) -> None:
    heard: list[object] = []
    kinds = (ServiceAdded, ServiceChanged, ServiceRetired)
    listening = Works(
        works.database,
        works.clock,
        {kind: [lambda _, event: heard.append(event)] for kind in kinds},
    )
    for services, prune in (
        ([catalog.ServiceSpec("a"), catalog.ServiceSpec("b")], False),
        ([catalog.ServiceSpec("a", title="A")], True),
    ):
        with listening.writing(SYSTEM) as work:
            catalog.apply(work, services, prune=prune)
    assert [type(event).__name__ for event in heard] == [
        "ServiceAdded", "ServiceAdded", "ServiceChanged", "ServiceRetired",
    ]  # fmt: skip


def test_impact_is_asked_by_name_in_any_case(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        catalog.apply(
            work,
            [
                catalog.ServiceSpec("web", depends_on=("api",)),
                catalog.ServiceSpec("api", depends_on=("db",)),
                catalog.ServiceSpec("db"),
            ],
        )
        assert catalog.dependents(work, "DB") == {"api": 1, "web": 2}
        assert catalog.depends_on(work, "web") == {"api": 1, "db": 2}
        assert catalog.depends_on(work, "nowhere") == {}
        assert catalog.names(work) == ["api", "db", "web"]
