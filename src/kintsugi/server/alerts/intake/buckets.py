"""How much a key may send: a bucket of requests that fills up again."""

from __future__ import annotations


class Bucket:
    """As many requests at once as a minute allows, and each second a sixtieth of them more.

    Each process counts for itself: on several nodes a key may send so much to each.
    """

    __slots__ = ("_at", "_left", "_most")

    def __init__(self, most_per_minute: int, now: float) -> None:
        self._most = most_per_minute
        self._left = float(most_per_minute)
        self._at = now

    def take(self, now: float) -> float:
        """0 when one more may pass; else in how many seconds one may."""
        a_second = self._most / 60
        self._left = min(self._most, self._left + (now - self._at) * a_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / a_second
        self._left -= 1
        return 0.0

    def change(self, most_per_minute: int) -> None:
        """From now on another number a minute; what was used stays used."""
        self._left = max(0.0, self._left + most_per_minute - self._most)
        self._most = most_per_minute
