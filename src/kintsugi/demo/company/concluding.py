"""What the company's people say their incidents have in common, looking back on the year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from kintsugi.core.knowledge.classes import Decision
from kintsugi.demo.company.story import Cause, Company
from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics


def conclude(
    as_of: Callable[[datetime, Viewer], UnitOfWork], company: Company, viewers: Mapping[str, Viewer],
    ids: Mapping[str, str], now: datetime,
) -> None:  # fmt: skip
    """Make the company's own classes, say of which the incidents of the year are, and count its days."""
    editor = viewers["soren"]
    for cause in company.causes:
        key = cause.key or _made(as_of(now, editor), cause)
        said = [(one, Decision.CONFIRMED) for one in cause.confirmed]
        said += [(one, Decision.REFUSED) for one in cause.refused]
        for story, decision in said:
            if story not in ids:
                continue
            incident = analytics.incident_named(as_of(now, editor), ids[story])
            analytics.decide(as_of(now, editor), incident, key, decision)
    analytics.fold(as_of(now, editor))


def _made(work: UnitOfWork, cause: Cause) -> str:
    return analytics.make_class(work, cause.title, cause.terms, cause.says).key
