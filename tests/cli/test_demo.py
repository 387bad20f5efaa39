"""`kintsugi demo`: it makes its own file, keeps what is not its own, and opens on this machine alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from tests.cli.command import kintsugi
from tests.ports import free_port
from tests.server.running import answer

pytestmark = pytest.mark.xdist_group("made")


def titles(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM incidents")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was made."""
    folder = tmp_path_factory.mktemp("demo")
    answer = kintsugi("demo", "--no-serve", cwd=folder)
    assert answer.code == 0, answer.err
    for told in ("12 services, 6 people, 40 incidents", "golden-joinery", "amara@tidewell.example"):
        assert told in answer.err
    assert [path.name for path in folder.iterdir()] == ["demo-kintsugi.db"]
    return folder


@pytest.mark.long
def test_what_was_made_is_kept_until_it_is_asked_for_afresh(made: Path) -> None:
    file = made / "demo-kintsugi.db"
    assert len(titles(file)) == 40
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE incidents SET title = 'Mine' WHERE number = 3")
    kept = kintsugi("demo", "--no-serve", cwd=made)
    assert kept.code == 0
    assert "--fresh" in kept.err
    assert "Mine" in titles(file)


@pytest.mark.long
def test_asked_for_afresh_it_is_made_anew(made: Path) -> None:
    file = made / "demo-kintsugi.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE incidents SET title = 'Mine' WHERE number = 3")
    assert kintsugi("demo", "--no-serve", "--fresh", cwd=made).code == 0
    assert "Mine" not in titles(file)
    assert len(titles(file)) == 40


@pytest.mark.long
def test_a_file_that_somebody_has_open_is_not_replaced(made: Path) -> None:
    file = made / "demo-kintsugi.db"
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("SELECT count(*) FROM incidents").fetchone()
        refused = kintsugi("demo", "--no-serve", "--fresh", cwd=made)
    assert refused.code == 2
    assert "in use" in refused.err
    assert len(titles(file)) == 40


@pytest.mark.parametrize("more", [(), ("--fresh",)])
@pytest.mark.parametrize("content", [b"", b"shopping list", None])
def test_another_file_is_left_as_it_is(
    tmp_path: Path, content: bytes | None, more: tuple[str, ...]
) -> None:
    file = tmp_path / "ours.db"
    if content is None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("CREATE TABLE audit_entries (number, action)")
            connection.execute("INSERT INTO audit_entries VALUES (1, 'user.add')")
    else:
        file.write_bytes(content)
    before = file.read_bytes()
    answer = kintsugi("demo", "--no-serve", "--database", file, *more)
    assert answer.code == 2
    assert "this is no demo database" in answer.err
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--host", "0.0.0.0"), "on this machine only"),  # noqa: S104 - it is refused
        (("--host", "demo.example.com"), "on this machine only"),
        (("samples",), "--files"),
        (("--database", "nowhere/demo.db"), "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    answer = kintsugi("demo", "--no-serve", *words, cwd=tmp_path)
    assert answer.code == 2
    assert told in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def served(made: Path) -> Iterator[str]:
    """The address of the running demo."""
    port = free_port()
    words = [sys.executable, "-m", "kintsugi", "demo", "--port", str(port)]
    environment = {**os.environ, "KINTSUGI_DATABASE_URL": "sqlite:////nowhere/else.db"}
    running = subprocess.Popen(
        words, cwd=made, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        answer(port, "/readyz")
        yield address
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


@pytest.mark.long
def test_one_can_sign_in_and_look_around(served: str) -> None:
    headers = {"Accept": "text/html", "Origin": served}
    with httpx2.Client(base_url=served, headers=headers, follow_redirects=True) as browser:
        said = {"email": "soren@tidewell.example", "password": "golden-joinery"}
        assert browser.post("/sign-in", data=said).status_code == 200
        page = browser.get("/incidents").text
        assert "Orders cannot be placed" in page
        assert browser.get("/incidents/INC-40").status_code == 200
