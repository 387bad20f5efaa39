"""The latest answers of this process, for what is looked for elsewhere before it is worked out."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

R = TypeVar("R")


class Latest(Generic[R]):
    """Answers by key, so many of them; any thread may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: dict[Hashable, R] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> R | None:
        """The answer, which is then the latest; None when there is none."""
        with self._lock:
            found = self._answers.pop(key, None)
            if found is not None:
                self._answers[key] = found
        return found

    def put(self, key: Hashable, answer: R) -> R:
        """Keep an answer, and so many of those before it."""
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                del self._answers[next(iter(self._answers))]
        return answer
