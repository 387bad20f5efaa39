"""`kintsugi action` in a process of its own, against the real server."""

from __future__ import annotations

import pytest

from kintsugi.client import Connection
from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:  # noqa: F811
    """The server with a postmortem of bob's and three actions in it, and bob at the command line."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    with Connection(live.url, live.tokens["bob"]) as connection:
        incident = connection.post("/api/incidents", {"title": "Pool exhausted"}).data["id"]
        items = [
            {"description": "Add an alert", "owner": "bob@example.com", "due": "2020-01-01", "priority": "HIGH"},
            {"description": "Set a limit", "owner": "bob@example.com", "due": "2100-01-01"},
            {"description": "Write a runbook", "owner": "Charlie", "due": "2100-01-02"},
        ]  # fmt: skip
        connection.post(
            "/api/postmortems", {"incidentId": incident, "title": "Pool", "actionItems": items}
        )
    return live


def listed(*options: str) -> list[str]:
    found = kintsugi("action", "list", *options, "--json")
    assert found.code == 0, found.err
    return [one["reference"] for one in found.data["items"]]


@pytest.mark.usefixtures("server")
def test_actions_are_listed_those_due_first_at_the_top() -> None:
    assert listed() == ["ACT-1", "ACT-2", "ACT-3"]
    assert listed("--mine") == ["ACT-1", "ACT-2"]
    assert listed("--mine", "--overdue") == ["ACT-1"]
    assert listed("--status", "done") == []
    assert listed("--limit", "1") == ["ACT-1"]
    shown = kintsugi("action", "list")
    assert "ACT-1   TODO    HIGH      2020-01-01 late  bob@example.com" in shown.out
    assert "Charlie (no letters)" in shown.out
    assert shown.out.count("no letters") == 1
    assert kintsugi("action", "list", "--team", "nobody").code == 2
    assert kintsugi("action", "list", "--mine", "--team", "mine").code == 2


@pytest.mark.usefixtures("server")
def test_an_action_is_done_and_then_verified() -> None:
    early = kintsugi("action", "verify", "ACT-1", "--evidence", "A drill")
    assert (early.code, "DONE" in early.err) == (1, True)
    done = kintsugi("action", "done", "act-1")
    assert (done.code, done.out.splitlines()[0]) == (0, "ACT-1  DONE  Add an alert")
    assert kintsugi("action", "verify", "ACT-1").code == 2
    verified = kintsugi("action", "verify", "ACT-1", "--evidence", "A drill", "--json")
    assert (verified.data["status"], verified.data["evidence"]) == ("VERIFIED", "A drill")
    assert listed() == ["ACT-2", "ACT-3"]
    assert listed("--status", "all") == ["ACT-1", "ACT-2", "ACT-3"]
    assert kintsugi("action", "done", "ACT-99").code == 2
