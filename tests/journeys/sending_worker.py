"""A worker of its own process that sends messages, for the journey that kills it: `DATABASE_URL SMTP_URL`."""

from __future__ import annotations

import signal
import sys

from kintsugi.app import build_jobs, open_works
from kintsugi.kernel.config import Settings
from kintsugi.kernel.jobs import Worker
from kintsugi.kernel.observability import configure_logs
from tests.journeys.worker_process import QUICK


def main() -> None:
    configure_logs("WARNING", "console")  # standard output is the test's
    settings = Settings(
        database_url=sys.argv[1], smtp_url=sys.argv[2], mail_from="kintsugi@example.com",
        allowed_networks="127.0.0.1",
    )  # fmt: skip
    works = open_works(settings)
    worker = Worker(works, build_jobs(settings, works), QUICK)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    worker.run()


if __name__ == "__main__":
    main()
