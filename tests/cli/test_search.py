"""`kintsugi search` in a process of its own, against the real server."""

from __future__ import annotations

import pytest

from kintsugi.client import Connection
from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name


def test_a_search_prints_what_is_found_and_what_was_passed_over(
    live: Live,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    with Connection(live.url, live.tokens["bob"]) as connection:
        for title in ("Quokka loose in the pool", "Quokka drill"):
            connection.post("/api/incidents", {"title": title, "summary": "It eats cables"})
    shown = kintsugi("search", "quokka", "-drill", "severity:bad")
    assert shown.code == 0, shown.err
    assert "INC-1  Quokka loose in the pool  (investigating, " in shown.out
    assert "It eats cables" in shown.out
    assert "INC-2" not in shown.out
    assert "No severity is called bad" in shown.err
    assert "Found: 1 incident." in shown.err
    found = kintsugi("search", "quok*", "--json", "--limit", "1")
    assert found.data["counts"]["incident"] == 2
    assert len(found.data["items"]) == 1
    assert "Nothing matches" in kintsugi("search", "zebra").err
    assert kintsugi("search", "x", "--kind", "beast").code == 2
