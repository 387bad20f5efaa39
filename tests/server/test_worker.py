"""The worker as it is run: the commands, what it does at night, and what tells how it is."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from starlette.testclient import TestClient

from kintsugi.app import build_jobs
from kintsugi.kernel import jobs
from kintsugi.kernel.auth import SYSTEM, Role
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.accounts import tables
from tests.server.cast import Cast, MovableClock, app_for
from tests.server.running import command, until_line

PASSWORD = "correct horse battery staple"  # noqa: S105 - of invented people


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)]
)
@pytest.mark.long
def test_the_worker_alone_begins_and_ends_when_told(number: signal.Signals, tmp_path: Path) -> None:
    with command(f"sqlite:///{tmp_path}/new.db", "worker") as process:
        until_line(process, "worker begins")
        process.send_signal(number)
        until_line(process, "worker ends")
        assert process.wait(60) == 0


def test_without_a_worker_the_pages_go_on_and_tell(client: Cast) -> None:
    assert client.stranger.get("/readyz").json() == {"status": "ready", "worker": "down"}
    told = client.stranger.get("/metrics").text
    assert "kintsugi_worker_up 0.0" in told
    assert 'kintsugi_jobs{state="parked"} 0.0' in told


@pytest.mark.long
def test_without_its_database_it_is_alive_and_not_ready(clock: MovableClock) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with TestClient(app_for(Settings(), Works(away, clock))) as asked:
        assert asked.get("/healthz").status_code == 200
        answer = asked.get("/readyz")
        assert (answer.status_code, answer.json()["detail"]) == (
            503,
            "the database does not answer",
        )
        assert "kintsugi_requests_total" in asked.get("/metrics").text


def count(works: Works, table: sa.Table) -> int:
    with works.reading(SYSTEM) as work:
        found: int = work.connection.execute(
            sa.select(sa.func.count()).select_from(table)
        ).scalar_one()
        return found


def test_at_night_what_nobody_can_use_any_more_goes(works: Works, clock: MovableClock) -> None:
    with works.writing(SYSTEM) as work:
        accounts.make_setup_link(work)
        accounts.add_user(work, "Alice", "alice@example.com", Role.ADMIN, PASSWORD)
        for email in ("alice@example.com", "nobody@example.com"):
            attempt = accounts.begin_guess(work, email, "192.0.2.1")
            if attempt.user:
                accounts.sign_in(work, attempt, PASSWORD, "test")
    purge = build_jobs(Settings(session_days=14), works).handlers["accounts.purge"]
    old = (tables.sessions, tables.setup_links, tables.sign_in_attempts)

    def left() -> list[bool]:
        with works.writing(SYSTEM) as work:
            purge(work, {})
        return [count(works, table) > 0 for table in old]

    assert left() == [True, True, True]
    clock.forward(days=2)
    assert left() == [True, False, False]
    clock.forward(days=13)
    assert left() == [False, False, False]


def test_an_audit_log_that_was_changed_is_an_error_in_the_log(works: Works) -> None:
    check = build_jobs(Settings(), works).steps["audit.check"]
    with works.writing(SYSTEM) as work:
        work.audit("test.write", "a")
    with structlog.testing.capture_logs() as said:
        check("audit.check", {})
    assert said == []
    with works.writing(SYSTEM) as work:
        trigger = (
            "audit_entries_no_update" if works.database.is_sqlite else "audit_entries_append_only"
        )
        on = "" if works.database.is_sqlite else " ON audit_entries"
        work.connection.execute(sa.text(f"DROP TRIGGER {trigger}{on}"))
        work.connection.execute(sa.text("UPDATE audit_entries SET target = 'z'"))
    with structlog.testing.capture_logs() as said:
        check("audit.check", {})
    assert [(line["log_level"], line["entry"]) for line in said] == [("error", 1)]


def test_every_nightly_job_has_somebody_who_does_it(works: Works) -> None:
    registered = build_jobs(Settings(), works)
    done = {*registered.handlers, *registered.steps, jobs.PURGE}
    assert {nightly.kind for nightly in registered.nightly} <= done


@pytest.mark.long
def test_the_check_of_the_database_names_what_is_parked(works: Works, database_url: str) -> None:
    with works.writing(SYSTEM) as work:
        work.later("call", {}, key="call inc_1")
        work.connection.execute(sa.text("UPDATE jobs SET state = 'parked', error = 'gone'"))
    with command(database_url, "db", "check") as process:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0
    assert re.search(r"parked since 2026-03-02 09:00 UTC: call call inc_1: gone", said)
