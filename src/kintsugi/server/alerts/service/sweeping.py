"""What time does to alerts: some run out, some are heard again."""

from __future__ import annotations

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.lifecycle import Ending
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store
from kintsugi.server.alerts.service import following
from kintsugi.server.alerts.service.dispatching import look_at
from kintsugi.server.alerts.service.policy import policy_now
from kintsugi.server.alerts.service.silencing import begin_silences

AT_ONCE = 500


def sweep(work: UnitOfWork) -> bool:
    """Whether there was so much that there may be more.

    1. An open alert that its sender vouched for until now has ended, as far as anybody knows. 2. One whose
    silence is over, or that flapped, is looked at again: what it would have opened, it opens now. 3. What a
    silence is for that has begun grows quiet.
    """
    if not store.take_turn(work.connection):
        return False
    ended = store.run_out(work.connection, work.now, AT_ONCE)
    for alert in ended:
        end = store.end(work.connection, alert, work.now, Ending.TIMEOUT.value)
        if end:
            store.add_event(
                work.connection, work.new_id("aev"), alert.id, "resolved", work.now,
                detail="its sender has not told of it again", is_waiting=True,
            )  # fmt: skip
    heard = store.heard_again(work.connection, work.now, AT_ONCE)
    if heard:
        look_at(work, heard)
    calm = _calmed(work)
    begin_silences(work)
    following.tell(work, [alert.id for alert in (*ended, *heard, *calm)])
    return len(ended) == AT_ONCE or len(heard) == AT_ONCE


def _calmed(work: UnitOfWork) -> list[Alert]:
    """Look again at alerts that flapped, if they have stopped to."""
    found = store.flapping(work.connection, AT_ONCE)
    if not found:
        return []
    limits = policy_now(work).flapping
    starts = store.starts_since(
        work.connection, sorted({alert.fingerprint for alert in found}), work.now - limits.within
    )
    calm = [one for one in found if len(starts.get(one.fingerprint, ())) < limits.episodes]
    if calm:
        look_at(work, calm)
    return calm
