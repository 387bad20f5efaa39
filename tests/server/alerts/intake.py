"""Intake in tests: a source with a key, what is sent to it, and what it has come to once all of it is recorded."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.service.sources import make_source
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.tables import (
    alerts,
    waiting_bodies,
)
from tests.server.alerts.telling import works_of
from tests.server.cast import Cast

PATIENCE = 120.0


def firing(name: str = "a", **said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """An alert as Prometheus posts it to Alertmanager's API."""
    labels = {"alertname": "HighLatency", "instance": name, "severity": "critical"}
    alert: dict[str, Any] = {
        "labels": labels | said.pop("labels", {}),
        "annotations": {"summary": f"{name} is slow"},
        "startsAt": "2026-03-02T08:59:00Z",
    }
    return alert | said


@dataclass
class Sender:
    """Somebody who knows one key."""

    client: TestClient
    works: Works
    source: Source
    key: str

    @property
    def path(self) -> str:
        rest = "/api/v2/alerts" if self.source.format == "alertmanager-api" else ""
        return f"/ingest/{self.source.format}/{self.key}{rest}"

    def send(self, *told: object, **more: Any) -> Any:  # noqa: ANN401 - an answer of the client
        """Post alerts as JSON."""
        return self.client.post(self.path, json=list(told), **more)

    def rows(self) -> list[Mapping[str, Any]]:
        """Every alert, once nothing waits to be recorded."""
        recorded(self.works)
        return rows(self.works, alerts)


def sender(client: Cast, format_name: str = "alertmanager-api", **said: Any) -> Sender:  # noqa: ANN401
    """A source of its own, and who sends for it."""
    works = works_of(client)
    with works.writing(SYSTEM) as work:
        source, key = make_source(work, said.pop("name", "Prometheus"), format_name, **said)
    return Sender(client.stranger, works, source, key)


def recorded(works: Works) -> None:
    """Wait until nothing that was answered waits to be recorded."""
    gives_up = time.monotonic() + PATIENCE
    while rows(works, waiting_bodies):
        assert time.monotonic() < gives_up, "what was answered is not recorded"
        time.sleep(0.01)  # intake's writer tells nobody when it has


def rows(works: Works, table: sa.Table) -> list[Mapping[str, Any]]:
    """Every row of a table, in the order of their ids."""
    query = sa.select(table)
    if "id" in table.c:
        query = query.order_by(table.c.id)
    with works.reading(SYSTEM) as work:
        return [dict(row) for row in work.connection.execute(query).mappings()]


@contextmanager
def refusing(works: Works, pragma: str) -> Iterator[None]:
    """A SQLite database whose connections are all made with this pragma: new ones, from here to the end."""

    @sa.event.listens_for(works.database.engine, "connect")
    def _made(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    works.database.engine.dispose()
    try:
        yield
    finally:
        sa.event.remove(works.database.engine, "connect", _made)
        works.database.engine.dispose()


@contextmanager
def locked(works: Works) -> Iterator[None]:
    """Another process holds the database, and nobody waits long for it."""
    file = works.database.engine.url.database
    assert file is not None
    with refusing(works, "busy_timeout=10"):
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()


@contextmanager
def full(works: Works) -> Iterator[None]:
    """There is no more room on the disk."""
    with refusing(works, "max_page_count=1"):  # which is as many as there are
        yield
