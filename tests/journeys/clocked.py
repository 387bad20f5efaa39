"""`kintsugi` as it is run under libfaketime.

Since 3.11 Python sleeps until a moment of the monotonic clock. libfaketime 0.9.10 (Debian 12) gets
that wrong when this clock is not to be faked:
https://github.com/wolfcw/libfaketime/issues/426. Waiting for nothing sleeps as well.
"""

from __future__ import annotations

import select
import time


def sleep(seconds: float) -> None:
    select.select([], [], [], max(0.0, seconds))


if __name__ == "__main__":
    time.sleep = sleep  # type: ignore[assignment] # nobody sleeps for an object with __index__
    from kintsugi.__main__ import main

    main()
