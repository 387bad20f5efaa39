"""A private PostgreSQL cluster for the tests: Debian's binaries, a temporary folder, a socket and no port."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

SUPERUSER = "kintsugi"


def binaries() -> Path | None:
    """Where initdb and postgres are; None when PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name)
    )
    return folders[-1] if folders else None


def needs(peer: str) -> None:
    """Name a missing peer and pass the test over, or fail where KINTSUGI_REQUIRE asks for it."""
    if peer in os.environ.get("KINTSUGI_REQUIRE", "").split(","):
        pytest.fail(f"{peer} is required here and not installed")
    pytest.skip(f"{peer} is not installed")


class Cluster:
    """A running cluster. Its data does not outlive the tests, so it does not wait for the disk."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._folder = Path(tempfile.mkdtemp(prefix="kpg"))
        # initdb refuses to run as root: as root, another account runs the cluster.
        self._as = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self._folder, "nobody")
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        settings = "-c listen_addresses='' -c fsync=off -c max_connections=200 -k " + str(
            self._folder
        )
        self._run(
            "pg_ctl",
            "-D",
            str(self.data),
            "-w",
            "-t",
            "300",
            "-o",
            settings,
            "-l",
            str(self._folder / "log"),
            "start",
        )

    @property
    def data(self) -> Path:
        return self._folder / "data"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self._folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of the superuser's that begins no transaction by itself."""
        return psycopg.connect(
            dbname=database, user=SUPERUSER, host=str(self._folder), autocommit=True
        )

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self._as, str(self._bin / program), *words], check=True, capture_output=True, cwd="/"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)
