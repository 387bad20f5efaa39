"""The knowledge base as one archive: every published postmortem in its place, and nothing of what is private."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kintsugi.formats.folder.base import KnowledgeBase
from kintsugi.formats.folder.checks import check
from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published

pytestmark = pytest.mark.both_databases
ADDRESS = "/api/knowledge-base"


def files(browser: TestClient, address: str = ADDRESS) -> dict[str, bytes]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_published_stands_in_its_place_and_a_draft_does_not(client: Cast) -> None:
    incident(client.bob)
    begun(client.bob)
    assert not [name for name in files(client.charlie) if name.endswith("/postmortem.md")]
    published(client.bob, client.alice, "PM-1")
    found = files(client.charlie)
    [document] = [name for name in found if name.endswith("/postmortem.md")]
    assert b"id: PM-1\n" in found[document]
    version = client.bob.get("/api/postmortems/PM-1").json()["version"]
    assert f"version: {version}\n".encode() in found[document]
    assert document.removesuffix("postmortem.md") + "timeline.json" in found
    assert {"README.md", "patterns/.gitkeep", "templates/postmortem-template.md"} <= found.keys()
    assert document.removesuffix("/postmortem.md").encode() in found["README.md"]
    assert found == files(client.bob, "/knowledge-base.zip")


def test_it_is_the_same_byte_for_byte_and_a_base_that_is_in_order(
    client: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    incident(client.bob)
    begun(client.bob)
    published(client.bob, client.alice, "PM-1")
    first = client.bob.get(ADDRESS).content
    clock.forward(hours=1)
    assert client.bob.get(ADDRESS).content == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        archive.extractall(tmp_path)
    found = check(KnowledgeBase.at(tmp_path), clock.now().date())
    assert [one for one in found if one.rule != "overdue"] == []


def test_a_private_incidents_postmortem_is_in_nobodys_archive(client: Cast) -> None:
    incident(client.bob, private=True)
    client.bob.post("/api/incidents/INC-1/grants", json={"userId": "alice@example.com"})
    begun(client.bob)
    published(client.bob, client.alice, "PM-1")
    for browser in (client.bob, client.alice, client.charlie):
        assert not [name for name in files(browser) if name.endswith("/postmortem.md")]


def test_a_stranger_gets_nothing(client: Cast) -> None:
    assert client.stranger.get(ADDRESS).status_code == 401


def test_a_confirmed_class_is_a_pattern_in_the_archive_and_nothing_private_is(client: Cast) -> None:
    incident(client.bob)
    begun(client.bob)
    published(client.bob, client.alice, "PM-1")
    incident(client.bob, "secret", private=True, title="canary-word")
    for name in ("inc_123", "secret"):
        path = f"/api/incidents/{name}/classes/traffic_spike"
        assert client.bob.put(path, json={"decision": "confirmed"}).status_code == 200
    found = files(client.bob)
    pattern = found["patterns/traffic-spike.md"].decode()
    assert "1 incident of this class." in pattern
    assert "/postmortem.md)" in pattern
    assert "canary-word" not in pattern
    assert b"[Traffic spike](patterns/traffic-spike.md)" in found["README.md"]
