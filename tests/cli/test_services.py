"""`kintsugi service apply` in a process of its own, against the real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kintsugi.client import Connection
from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

FILE = """\
services:
  - name: web
    depends_on: [checkout]
  - name: checkout
    title: Checkout
    tier: 1
    owner_team: Shop
    links:
      runbook: https://wiki.example.com/checkout
    depends_on:
      - payments
  - name: payments
"""


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Live:  # noqa: F811
    """The server, with alice at the command line, in a folder of her own."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["alice"])
    monkeypatch.chdir(tmp_path)
    return live


@pytest.mark.usefixtures("server")
def test_a_file_is_applied_and_says_what_it_did() -> None:
    Path("s.yaml").write_text(FILE)
    dry = kintsugi("service", "apply", "s.yaml", "--dry-run")
    assert (dry.code, "nothing was written" in dry.err) == (0, True)
    made = kintsugi("service", "apply", "s.yaml")
    assert made.out == dry.out
    assert made.out.endswith("3 services: 3 made, 0 changed, 0 unchanged, 0 retired\n")
    changed = kintsugi("service", "apply", "-", stdin='[{"name": "web"}, {"name": "new-one"}]')
    assert changed.out == (
        "made     new-one\nchanged  web      dependsOn\n"
        "2 services: 1 made, 1 changed, 0 unchanged, 0 retired\n"
    )
    pruned = kintsugi("service", "apply", "s.yaml", "--prune", "--json")
    assert pruned.code == 0
    assert pruned.data["retired"] == ["new-one"]
    assert kintsugi("service", "apply", "s.yaml", "--prune").out.count("unchanged") == 4


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tier: 1", "tier: 7", "s.yaml:6: services[1].tier: '7' is not a tier"),
        ("- payments\n", "- paymints\n",
         "s.yaml:11: services[1].depends_on[0]: 'paymints' is no service of the catalog"),
        ("https:", "ftp:", "s.yaml:9: services[1].links.runbook:"),
        ("  - name: payments", "  - name: WEB", "s.yaml:12: services[2].name: web stands here twice"),
        ("    title", "   title", "s.yaml:5: this is not YAML"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_says_where_it_stands(old: str, new: str, told: str) -> None:
    Path("s.yaml").write_text(FILE.replace(old, new))
    answer = kintsugi("service", "apply", "s.yaml")
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert kintsugi("service", "apply", "-", stdin=FILE).out.count("made") == 4


def test_who_may_not_is_told_so(server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINTSUGI_TOKEN", server.tokens["bob"])
    answer = kintsugi("service", "apply", "-", stdin=FILE)
    assert answer.code == 1
    assert "this needs the role editor" in answer.err
    assert kintsugi("service", "apply", "absent.yaml").code == 2


def test_what_the_api_lists_can_be_applied_again(server: Live) -> None:
    kintsugi("service", "apply", "-", stdin=FILE)
    keys = ("name", "title", "description", "ownerTeam", "tier", "links", "tags", "dependsOn")
    with Connection(server.url, server.tokens["bob"]) as connection:
        items = connection.get("/api/services").data["items"]
    again = json.dumps({"services": [{key: one[key] for key in keys} for one in items]})
    done = kintsugi("service", "apply", "-", "--json", stdin=again)
    assert sorted(done.data["unchanged"]) == ["checkout", "payments", "web"]
