"""By what alerts are decided on now: the routing rules and silences, read together."""

from __future__ import annotations

from kintsugi.core.alerts.decision import Policy
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store
from kintsugi.server.alerts.service.patterns import find


def policy_now(work: UnitOfWork) -> Policy:
    """The rules in their order, and the silences that have not ended."""
    rules = tuple(kept.rule for kept in store.rules(work.connection, find))
    silences = tuple(
        kept.silence for kept in store.silences(work.connection, find, ends_after=work.now)
    )
    return Policy(rules, silences, find)
