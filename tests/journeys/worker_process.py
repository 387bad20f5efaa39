"""A worker of its own process, for tests that kill it: `python -m tests.journeys.worker_process DATABASE_URL`.

Jobs of the kind "note" write a line of the audit log. Those of the kind "slow" say so on standard output,
then take as many seconds as they were told, inside their unit of work.
"""

from __future__ import annotations

import signal
import sys
import time
from datetime import timedelta

from kintsugi.app import open_works
from kintsugi.kernel.config import Settings
from kintsugi.kernel.jobs import Jobs, Pace, Payload, Worker
from kintsugi.kernel.observability import configure_logs
from kintsugi.kernel.unit_of_work import UnitOfWork

QUICK = Pace(
    tick=timedelta(milliseconds=100), beat=timedelta(milliseconds=500), lease=timedelta(seconds=5)
)


def note(work: UnitOfWork, payload: Payload) -> None:
    work.audit("test.note", payload["what"], worker=sys.argv[2])


def slow(work: UnitOfWork, payload: Payload) -> None:
    work.audit("test.note", payload["what"], worker=sys.argv[2])
    print("begun", flush=True)  # noqa: T201 - the test waits for it
    time.sleep(payload["seconds"])


def main() -> None:
    configure_logs("WARNING", "console")  # standard output is the test's
    works = open_works(Settings(database_url=sys.argv[1]))
    worker = Worker(works, Jobs({"note": note, "slow": slow}), QUICK)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    worker.run()


if __name__ == "__main__":
    main()
