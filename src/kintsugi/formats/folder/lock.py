"""One writer at a time: a lock on a file, which the system lets go when its holder ends in whatever way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kintsugi.formats.folder.disk import PRIVATE, Disk

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "lock"


@contextmanager
def writing(disk: Disk, waits: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the base for writing; `waits` is called once when another process holds it, which is then waited for."""
    disk.private()
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(disk.path(PRIVATE, LOCK), flags, 0o666)
    try:
        if not _take(handle, wait=False):
            waits()
            _take(handle, wait=True)
        disk.clear()
        yield
    finally:
        os.close(handle)


def _take(handle: int, *, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
