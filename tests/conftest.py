"""How hard hypothesis looks, and which tests run.

Hypothesis: a little on a laptop, always the same in `make test` and in CI, where it is more, and long in `make soak`.
How long an example takes fails nothing: a machine with other work to do is no finding.

`make test` runs a slice of the tests (SLICE=1), `make test-all` runs all of them; so do pytest by itself, and CI.
Left out of the slice are tests marked `long`, and half of those that run on SQLite and on PostgreSQL: each runs on one
of the two, drawn from its name (tests/slices.py). Tests marked `both_databases` run on both all the same: what they
hold is the work of the database (races, constraints, paging, who sees what). Tests marked `soak` run in `make soak`
alone (SOAK=1).
"""

import gc
import os
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.slices import IS_SLICE, IS_SOAK, drawn

UNHURRIED = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("slice", UNHURRIED, max_examples=12, derandomize=True)
settings.register_profile("dev", UNHURRIED, max_examples=25)
settings.register_profile("ci", UNHURRIED, max_examples=50, derandomize=True)
settings.register_profile("soak", UNHURRIED, max_examples=500)
settings.load_profile(
    "soak" if IS_SOAK else "slice" if IS_SLICE else "ci" if os.environ.get("CI") else "dev"
)

KINDS = ("postgres", "sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not for."""
    left_out = {item for item in items if _is_left_out(item)}
    if IS_SLICE:
        twins: dict[str, dict[str, pytest.Item]] = defaultdict(dict)
        for item in items:
            kind = _kind(item)
            if kind and not item.get_closest_marker("both_databases"):
                twins[_without(item.nodeid, kind)][kind] = item
        for name, pair in twins.items():
            if len(pair) == len(KINDS):
                left_out.add(pair[KINDS[drawn(name, len(KINDS))]])
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


TOGETHER = ("tests/cli/test_demo.py", "tests/demo/", "tests/plugins/", "tests/test_sizes.py")
"""What begins with something that takes seconds, and so is done by one of the processes."""
SLOW = (
    *TOGETHER, "tests/api/test_schema.py", "tests/server/alerts/test_dispatcher.py",
    "tests/server/actions/test_reminders.py",
    "tests/server/test_canary.py", "tests/server/test_serving.py", "tests/server/test_starting_together.py",
    "tests/server/postmortems/test_matrix.py", "tests/server/alerts/test_privacy.py", "tests/kernel/test_jobs.py",
    "tests/kernel/test_restore.py", "tests/formats/alerts/test_bad_input.py", "tests/test_docs_examples.py",
)  # fmt: skip
"""What is begun with, so that no process is left with a long test when the others have nothing more to do."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """A few tests of a file at a time go to the process that is free first, but for those that stay together."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is ours

    def _split_scope(self, nodeid: str) -> str:
        few = f"{nodeid.partition('::')[0]} {drawn(nodeid, 8)}"
        return next((where for where in TOGETHER if nodeid.startswith(where)), few)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_finish() -> None:
    """Look less often, and past what was there before the first test, for what can be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _is_left_out(item: pytest.Item) -> bool:
    if item.get_closest_marker("soak"):
        return not IS_SOAK
    return IS_SLICE and item.get_closest_marker("long") is not None


def _kind(item: pytest.Item) -> str | None:
    """The kind of database a test is about to run on; None where it asks for none."""
    called = getattr(item, "callspec", None)
    found = called.params.get("database_url") if called else None
    return found if found in KINDS else None


def _without(name: str, kind: str) -> str:
    function, _, values = name.partition("[")
    return f"{function}[{values.replace(kind, '', 1)}"
