"""Ports for servers that tests start."""

from __future__ import annotations

import secrets
import socket

FIRST, LAST = 20_000, 32_000
"""Below the ports that a system gives to connections: from 32768 on by Linux, from 49152 on elsewhere."""


def free_port() -> int:
    """A port of this machine on which nobody listens, and which no connection is given until somebody does.

    A port the system chose is free for a moment only: any connection made meanwhile may get it. One that is asked for
    again and again, while its server is away, may even be connected to itself.
    """
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
