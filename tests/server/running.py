"""Commands of the real program in a process of its own, and what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import pytest

PATIENCE = 120.0
"""Seconds after which a server that does not answer hangs: it may share the machine with much else."""


@contextmanager
def command(database_url: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if "KINTSUGI_" not in name}
    environment["KINTSUGI_DATABASE_URL"] = database_url
    process = subprocess.Popen(
        [sys.executable, "-m", "kintsugi", *words], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_line(process: subprocess.Popen[str], said: str) -> str:
    """The first line with these words in it."""
    assert process.stdout is not None
    for line in process.stdout:
        if said in line:
            return line
    pytest.fail(f"it ended without saying {said}")


def answer(port: int, path: str) -> object:
    gives_up = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answered:
                return json.load(answered)
        except (URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < gives_up, "the server does not answer"
            time.sleep(0.05)
