"""The service's own server with intake, and no worker: `python -m bench.intake_server PORT [dispatch]`.

What intake costs is measured by itself: without the jobs of the worker, and without the dispatcher, which looks at
alerts after they are answered, unless `dispatch` asks for it.
"""

from __future__ import annotations

import gc
import os
import sys

import uvicorn

from kintsugi.app import build_app, open_works, short_way
from kintsugi.kernel.config import read_settings
from kintsugi.kernel.observability import configure_logs


def main() -> None:
    settings = read_settings(os.environ, port=int(sys.argv[1]))
    configure_logs(settings.log_level, settings.log_format)
    app = build_app(settings, open_works(settings))
    if "dispatch" not in sys.argv:
        app.threads = ()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)  # as `kintsugi serve` does
    uvicorn.run(
        app, http=short_way(app), port=settings.port, access_log=False, log_level="warning",
        server_header=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
