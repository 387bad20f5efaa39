"""A worker of its own process that sends letters, for the test that kills it: `mail_worker DATABASE_URL SMTP_URL`."""

from __future__ import annotations

import signal
import sys
from datetime import timedelta

from kintsugi.app import build_jobs, open_works
from kintsugi.kernel.config import Settings
from kintsugi.kernel.jobs import Pace, Worker
from kintsugi.kernel.observability import configure_logs

QUICK = Pace(
    tick=timedelta(milliseconds=100), beat=timedelta(milliseconds=500), lease=timedelta(seconds=5)
)


def main() -> None:
    configure_logs("WARNING", "console")
    settings = Settings(
        database_url=sys.argv[1], smtp_url=sys.argv[2], mail_from="kintsugi@example.com"
    )
    works = open_works(settings)
    worker = Worker(works, build_jobs(settings, works), QUICK)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main()
