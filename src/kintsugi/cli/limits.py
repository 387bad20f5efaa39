"""A limit on how long somebody's template may take."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from kintsugi.core.shared.errors import DomainError

TEMPLATE_SECONDS = 60


class TemplateTooSlow(DomainError):
    """The template takes too long."""


@contextmanager
def time_limit(seconds: int = TEMPLATE_SECONDS) -> Iterator[None]:
    """Raises TemplateTooSlow when the block takes longer. Where there are no alarms (Windows) there is no limit."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(_signal: int, _frame: object) -> NoReturn:
        raise TemplateTooSlow(f"the template takes longer than {seconds} s; does it loop?")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
