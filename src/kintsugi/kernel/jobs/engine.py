"""DBOS, and all that knows of it: a queue of deliveries in our database that workers share.

DBOS carries the id of a job and its round, nothing else: what a job is and what became of it stands
in our own row. It is imported when a worker starts, never before. One process has one engine at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kintsugi.kernel.database import Database
from kintsugi.kernel.observability import log

if TYPE_CHECKING:
    from dbos import DBOSClient, WorkflowStatus

APPLICATION = "kintsugi"
QUEUE = "jobs"
DELIVER = "deliver"
VERSION = "1"
"""Pinned: by default it is a hash of the code, and what one release enqueued the next would never run."""
SCHEMA = "dbos"
CLAIMED = 20
"""Deliveries that one worker claims at most; the others are left to other workers."""
POOL = 5
_OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_MANY = 500


class _ToOurLog(logging.Handler):
    """What DBOS has to say, as lines of our log."""

    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, "dbos", said=record.getMessage()[:500])


class Engine:
    """Runs deliveries: each handed over is run once by one of the workers, and again if that one dies."""

    def __init__(
        self,
        database: Database,
        worker_id: str,
        deliver: Callable[[str, int], None],
        poll_seconds: float,
    ) -> None:
        """Start it. SQLite is in WAL mode by now, which `Database` sets: ten times the speed."""
        from dbos import DBOS, DBOSClient

        ours = logging.getLogger("dbos")
        if not any(isinstance(handler, _ToOurLog) for handler in ours.handlers):
            ours.handlers = [_ToOurLog()]
            ours.propagate = False
        url = database.engine.url.render_as_string(hide_password=False)
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": url,
                "dbos_system_schema": SCHEMA,
                "application_version": VERSION,
                "executor_id": worker_id,
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": 0.1,  # of memory; a stop waits for it
                "sys_db_pool_size": POOL,
                "log_level": "WARNING",
                "enable_otlp": False,
            }
        )

        def delivered(job_id: str, round_: int) -> None:
            # A function, since DBOS marks it, which a bound method does not allow.
            deliver(job_id, round_)

        DBOS.workflow(name=DELIVER)(delivered)
        self._client: DBOSClient = DBOSClient(
            system_database_engine=database.engine, dbos_system_schema=SCHEMA,
            application_name=APPLICATION, lazy=True,
        )  # fmt: skip
        self._dbos = DBOS
        DBOS.launch()
        self._client.register_queue(
            QUEUE, worker_concurrency=CLAIMED, polling_interval_sec=poll_seconds
        )

    def enqueue(self, connection: sa.Connection, job_id: str, round_: int) -> None:
        """Enqueue a delivery in the caller's transaction; the same one twice is one."""
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": DELIVER,
                "queue_name": QUEUE,
                "workflow_id": f"{job_id}.{round_}",
                "app_version": VERSION,
            },
            job_id,
            round_,
        )

    def take_over(self, worker_id: str) -> int:
        """Enqueue again what a dead worker had begun; how many. Must not run inside a transaction."""
        left = self._dbos.list_workflows(
            status="PENDING", executor_id=worker_id, load_input=False, load_output=False
        )
        if left:
            self._client.resume_workflows([each.workflow_id for each in left], queue_name=QUEUE)
        return len(left)

    def forget(self, before: datetime) -> int:
        """Delete deliveries that are over and began before a moment; how many. Not inside a transaction."""
        deleted = 0
        for some in self._over(before):
            self._client.delete_workflows([each.workflow_id for each in some])
            deleted += len(some)
        return deleted

    def _over(self, before: datetime) -> Iterator[list[WorkflowStatus]]:
        asked: dict[str, Any] = {
            "status": _OVER, "end_time": before.isoformat(), "limit": _MANY, "load_input": False,
            "load_output": False,
        }  # fmt: skip
        while found := self._dbos.list_workflows(**asked):
            yield found

    def stop(self) -> None:
        """Stop it. What is in flight should have ended before."""
        self._client.destroy()
        self._dbos.destroy(destroy_registry=True)
