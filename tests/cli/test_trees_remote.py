"""`kintsugi faulttree|whytree list|pull|push` in a process of its own, against the real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

WHYS = """# Checkout was down

- **Why was it down?** The pool was empty (entry 1)
  - **Why was it empty?** Nothing limits retries *Actionable, within our control.*
"""


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Live:  # noqa: F811 - the fixture of that name
    """The server with an incident, and bob at the command line in an empty folder."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    monkeypatch.chdir(tmp_path)
    kintsugi("incident", "declare", "Checkout is down")
    return live


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_a_why_tree_goes_to_the_server_and_back_and_a_lost_race_is_told() -> None:
    file = Path("whys.md")
    file.write_text(WHYS)
    assert "--incident" in kintsugi("whytree", "push", file).err
    assert kintsugi("whytree", "push", file, "--incident", "INC-1").out == "WT-1  version 1\n"
    assert file.read_text().endswith("\n<!-- WT-1 version 1 -->\n")
    assert kintsugi("whys", file).code == 0
    assert kintsugi("whytree", "pull", "WT-1").code == 0
    assert Path("WT-1.md").read_text() == file.read_text()
    assert kintsugi("whytree", "pull", "WT-1").code == 2
    file.write_text(file.read_text().replace("Checkout was down", "Checkout failed"))
    assert kintsugi("whytree", "push", file).out == "WT-1  version 2\n"
    late = kintsugi("whytree", "push", "WT-1.md")
    assert (late.code, "somebody changed WT-1 first" in late.err) == (1, True)
    found = json.loads(kintsugi("whytree", "list", "--incident", "INC-1", "--json").out)
    assert [one["problem"] for one in found["items"]] == ["Checkout failed"]
    assert "WT-1" in kintsugi("whytree", "list").out


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_a_fault_tree_goes_to_the_server_and_back() -> None:
    file = Path("shop-down.txt")
    file.write_text("down = or(db, net)\ndb = 0.1\nnet = 0.2\n")
    assert kintsugi("faulttree", "push", file).out == "FT-1  version 1\n"
    assert "Shop down" in kintsugi("faulttree", "list").out
    assert kintsugi("faulttree", "check", file).code == 0
    assert kintsugi("faulttree", "pull", "FT-1").code == 0
    pulled = Path("FT-1.txt")
    pulled.write_text(pulled.read_text().replace("0.2", "0.3"))
    assert kintsugi("faulttree", "push", pulled).out == "FT-1  version 2\n"
    assert kintsugi("faulttree", "push", file).code == 1
    kind = kintsugi("whytree", "push", file)
    assert (kind.code, "FT-1" in kind.err) == (2, True)
