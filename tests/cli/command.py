"""Runs the real command: in this process where that is enough, or in a process of its own.

A process takes a third of a second to begin, and the tests call hundreds. So in `make test` one test in eight (always
the same) starts processes, and so do all of them in `make test-all`; the others call the same `main` in this one.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from kintsugi.__main__ import main
from tests.slices import IS_SLICE, drawn

CALM = {"PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "200"}
EIGHTH = 8
HANGS = 600
"""Seconds after which a command does not come to its end any more; making the demo is the longest."""


@dataclass(frozen=True)
class Answer:
    """What the command printed and how it ended."""

    code: int
    out: str
    err: str
    raw: bytes

    @property
    def data(self) -> Any:  # noqa: ANN401 - JSON is anything
        return json.loads(self.out)


def kintsugi(
    *words: str | Path, stdin: str | bytes = b"", cwd: Path | None = None, path: str = ""
) -> Answer:
    """Run `kintsugi` with these words; `path` goes before the installed packages."""
    said = stdin.encode() if isinstance(stdin, str) else stdin
    spoken = [str(word) for word in words]
    if path or wants_processes():
        code, out, err = _in_a_process(spoken, said, cwd, path)
    else:
        code, out, err = _in_this_process(spoken, said, cwd or Path.cwd())
    errors = err.decode()
    assert "Traceback" not in errors, errors
    return Answer(code, out.decode("utf-8", "replace"), errors, out)


def wants_processes() -> bool:
    """Whether the test that runs now starts processes."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    return not IS_SLICE or drawn(test, EIGHTH) == 0


def _in_a_process(
    words: list[str], stdin: bytes, cwd: Path | None, path: str
) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "kintsugi", *words],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **CALM, "PYTHONPATH": path},
        timeout=HANGS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _in_this_process(words: list[str], stdin: bytes, cwd: Path) -> tuple[int, bytes, bytes]:
    out, err = io.BytesIO(), io.BytesIO()
    code = called(words, out, err, stdin, cwd)
    return code, out.getvalue(), err.getvalue()


def called(words: list[str], out: io.BytesIO, err: io.BytesIO, stdin: bytes, cwd: Path) -> int:
    """How `main` ends with these words, in this process."""
    written, told = (
        io.TextIOWrapper(stream, encoding="utf-8", write_through=True) for stream in (out, err)
    )
    with (
        _as_the_command(words, cwd),
        contextlib.redirect_stdout(written),
        contextlib.redirect_stderr(told),
    ):
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        try:
            main()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            written.detach()
            told.detach()
    return 0


@contextlib.contextmanager
def _as_the_command(words: list[str], cwd: Path) -> Iterator[None]:
    """What belongs to a process and the command may change, as a process of its own would have it; then as it was."""
    environment, streams, thresholds = dict(os.environ), (sys.argv, sys.stdin), gc.get_threshold()
    logs = structlog.get_config()
    os.environ.update(CALM)
    sys.argv = ["kintsugi", *words]
    try:
        with contextlib.chdir(cwd):
            yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        sys.argv, sys.stdin = streams
        gc.set_threshold(*thresholds)
        structlog.configure(**logs)
