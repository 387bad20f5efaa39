"""Runs the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
    environment = {
        **os.environ,
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONPATH": path,
    }
    done = subprocess.run(
        [sys.executable, "-m", "kintsugi", *map(str, words)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=cwd,
        env=environment,
        timeout=120,
        check=False,
    )
    out, err = done.stdout, done.stderr.decode()
    assert "Traceback" not in err, err
    return Answer(done.returncode, out.decode("utf-8", "replace"), err, out)
