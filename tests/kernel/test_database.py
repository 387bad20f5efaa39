"""Transactions, time, migrations and the audit log, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from kintsugi.kernel import audit, migrate
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works

pytestmark = pytest.mark.both_databases

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))


def entries(works: Works) -> list[audit.Entry]:
    with works.reading(SYSTEM) as work:
        return list(audit.in_order(work.connection))


def test_an_error_takes_back_all_that_its_unit_of_work_wrote(works: Works) -> None:
    def fail_after_writing() -> None:
        with works.writing(SYSTEM) as work:
            work.audit("test.write", "x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert entries(works) == []


def test_a_time_comes_back_as_the_same_moment_in_utc(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        audit.record(work.connection, SYSTEM, AT, "test.time", "x", {})
    at = entries(works)[0].at
    assert at == AT
    assert at.tzinfo is UTC


def test_a_time_without_a_zone_does_not_enter(works: Works) -> None:
    with pytest.raises((ValueError, sa.exc.StatementError)), works.writing(SYSTEM) as work:
        audit.record(work.connection, SYSTEM, AT.replace(tzinfo=None), "test.time", "x", {})


def test_writers_take_turns_and_none_is_lost(works: Works) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            with works.writing(SYSTEM) as work:
                work.audit("test.turn", f"{number}-{turn}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = entries(works)
    assert [entry.number for entry in written] == list(range(1, 41))
    with works.reading(SYSTEM) as work:
        assert audit.first_broken(work.connection) is None


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entries SET actor = 'mallory'", "DELETE FROM audit_entries"]
)
def test_no_statement_changes_the_audit_log(works: Works, change: str) -> None:
    with works.writing(SYSTEM) as work:
        work.audit("test.write", "x")
    with pytest.raises(sa.exc.DBAPIError, match="append"), works.writing(SYSTEM) as work:
        work.connection.exec_driver_sql(change)
    assert entries(works)[0].actor == SYSTEM.name


def test_a_change_behind_the_products_back_breaks_the_chain_at_its_place(works: Works) -> None:
    for target in ("a", "b", "c"):
        with works.writing(SYSTEM) as work:
            work.audit("test.write", target)
    with works.writing(SYSTEM) as work:
        if works.database.is_sqlite:
            work.connection.exec_driver_sql("DROP TRIGGER audit_entries_no_update")
        else:
            work.connection.exec_driver_sql(
                "DROP TRIGGER audit_entries_append_only ON audit_entries"
            )
        work.connection.exec_driver_sql("UPDATE audit_entries SET target = 'z' WHERE number = 2")
    with works.reading(SYSTEM) as work:
        assert audit.first_broken(work.connection) == 2


def test_an_upgraded_database_needs_nothing_more(works: Works) -> None:
    assert migrate.check(works.database) == []
    assert migrate.upgrade(works.database) is False


def test_processes_that_start_together_on_an_empty_database_make_one_history(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('together')}/new.db"
    changed: list[bool] = []

    def start() -> None:
        database = Database(Settings(database_url=url).database_url)
        changed.append(migrate.upgrade(database))
        database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(changed) == [False, False, False, True]
