"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from kintsugi.core.comms.recipient import Way

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

SCHEDULE: Mapping[Way, tuple[timedelta, ...]] = MappingProxyType(
    {
        Way.WEBHOOK: (
            5 * _SECOND, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR,
            20 * _HOUR, 24 * _HOUR,
        ),
        Way.EMAIL: (
            5 * _SECOND, 30 * _SECOND, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR,
            4 * _HOUR, 8 * _HOUR,
        ),
    }
)  # fmt: skip
"""The waits after the first, second ... attempt. Of webhooks: the schedule of Standard Webhooks 1.0.0, three
days in all; of e-mail: within a day, since a mail server that is asked then tries for days itself."""
JITTER = 0.1
"""By how much of itself a wait is longer at most, so that what failed together is not tried together."""


def wait_after(
    way: Way, attempts: int, key: str, asked: timedelta = timedelta(0)
) -> timedelta | None:
    """How long to wait after so many attempts that failed; None when there were enough.

    The jitter follows from the key and the number of the attempt, so the same question has the same
    answer. Where the receiver asked for a longer wait, that counts, up to a day.
    """
    schedule = SCHEDULE[way]
    if attempts > len(schedule):
        return None
    usual = schedule[max(attempts, 1) - 1]
    digest = hashlib.sha256(f"{key} {attempts}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return max(usual * (1 + JITTER * share), min(asked, 24 * _HOUR))
