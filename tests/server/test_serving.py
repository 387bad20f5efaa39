"""`kintsugi serve`: how it starts, how it refuses to, and how it ends."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.command import kintsugi
from tests.server.running import answer, command, until_line


def port_of(process: subprocess.Popen[str]) -> int:
    """Where a server that was told to take any free port is."""
    said = until_line(process, "Kintsugi is at")
    found = re.search(r":(\d+)$", said.strip())
    assert found is not None, said
    return int(found[1])


@pytest.mark.long
def test_serve_runs_pages_and_worker_and_ends_both_when_told(tmp_path: Path) -> None:
    with command(f"sqlite:///{tmp_path}/new.db", "serve", "--port", "0") as process:
        port = port_of(process)
        until_line(process, "worker begins")
        assert answer(port, "/readyz") == {"status": "ready", "worker": "up"}
        process.terminate()
        until_line(process, "worker ends")
        assert process.wait(60) == 0


@pytest.mark.long
def test_what_is_in_flight_when_it_is_told_to_stop_is_answered(tmp_path: Path) -> None:
    with command(f"sqlite:///{tmp_path}/new.db", "serve", "--port", "0") as process:
        port = port_of(process)
        answer(port, "/readyz")
        body = b"email=nobody%40example.com&password=wrong+password+of+nobody"
        with socket.create_connection(("127.0.0.1", port), 60) as slow:
            slow.sendall(
                f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Origin: http://127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
                "Expect: 100-continue\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
                + body[:10]
            )
            assert slow.recv(100).startswith(b"HTTP/1.1 100 "), "the server has begun to read it"
            process.terminate()
            until_no_more(port)
            slow.sendall(body[10:])
            assert slow.recv(100).startswith(b"HTTP/1.1 401 ")
        assert process.wait(60) == 0


def until_no_more(port: int) -> None:
    """Wait until the server takes no new connections."""
    gives_up = time.monotonic() + 60
    while time.monotonic() < gives_up:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("it still takes connections")


@pytest.mark.long
def test_where_it_cannot_listen_it_names_the_setting_and_makes_no_link(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with command(f"sqlite:///{tmp_path}/new.db", "serve", "--port", str(port)) as process:
            said, _ = process.communicate(timeout=120)
            assert process.returncode == 2
    assert f"KINTSUGI_HOST, KINTSUGI_PORT: cannot listen on 127.0.0.1 port {port}" in said
    assert "/setup/" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("words", ["serve", "worker", "db check", "db upgrade"])
@pytest.mark.parametrize("file", ["nowhere/new.db", "notes.db"])
def test_a_database_that_cannot_be_opened_is_named_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, words: str
) -> None:
    (tmp_path / "notes.db").write_text("this is no database")
    monkeypatch.setenv("KINTSUGI_DATABASE_URL", f"sqlite:///{tmp_path}/{file}")
    ended = kintsugi(*words.split())
    assert ended.code == 2, ended.out
    assert "KINTSUGI_DATABASE_URL: the database cannot be opened" in ended.err
