"""Patterns that people write in matchers: found by RE2, so that none takes longer than its text is long."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from kintsugi.core.shared.errors import InvalidValue

_MOST_BYTES = 1 << 20


def find(pattern: str, text: str) -> bool:
    """Whether a pattern matches a whole text. Raises InvalidValue for what is no pattern.

    The syntax is RE2's, as in Alertmanager: https://github.com/google/re2/wiki/Syntax.
    """
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - the library has no types
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_BYTES
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        problem = error.args[0]
        told = problem.decode("utf-8", "replace") if isinstance(problem, bytes) else str(problem)
        raise InvalidValue(f"{pattern[:60]!r} is not a pattern: {told}") from error
