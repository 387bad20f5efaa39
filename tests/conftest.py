"""How hard hypothesis looks, and which tests run.

Hypothesis: a little on a laptop, a little and always the same in CI, long in `make soak`.

`make test` runs a slice of the tests (SLICE=1), `make test-all` runs all of them; so do pytest by itself, and CI.
Left out of the slice are tests marked `long`, and half of those that run on SQLite and on PostgreSQL: each runs on one
of the two, drawn from its name, so that it is the same everywhere and does not move when another test comes. Tests
marked `both_databases` run on both all the same: what they hold is the work of the database (races, constraints,
paging, who sees what).
"""

import os
import zlib
from collections import defaultdict

import pytest
from hypothesis import settings

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", max_examples=500, deadline=None, print_blob=True)
settings.load_profile("soak" if os.environ.get("SOAK") else "ci" if os.environ.get("CI") else "dev")

KINDS = ("postgres", "sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the slice, where it is asked for."""
    if not os.environ.get("SLICE"):
        return
    twins: dict[str, dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        kind = _kind(item)
        if kind and not item.get_closest_marker("both_databases"):
            twins[_without(item.nodeid, kind)][kind] = item
    left_out = {item for item in items if item.get_closest_marker("long")}
    for name, pair in twins.items():
        if len(pair) == len(KINDS):
            left_out.add(pair[KINDS[zlib.crc32(name.encode()) % len(KINDS)]])
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def _kind(item: pytest.Item) -> str | None:
    """The kind of database a test is about to run on; None where it asks for none."""
    called = getattr(item, "callspec", None)
    found = called.params.get("database_url") if called else None
    return found if found in KINDS else None


def _without(name: str, kind: str) -> str:
    function, _, values = name.partition("[")
    return f"{function}[{values.replace(kind, '', 1)}"
