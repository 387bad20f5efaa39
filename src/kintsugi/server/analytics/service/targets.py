"""Targets that a team sets for its figures, shown beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kintsugi.core.analytics.targets import Aim, Target
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.store import targets as store


@dataclass(frozen=True, slots=True)
class Aimable:
    """A figure that can have a target: its name, its unit, which side is good, and the most it can be."""

    key: str
    name: str
    unit: str
    aim: Aim
    most: float


FIGURES = {
    one.key: one
    for one in (
        Aimable("frequency", "Incidents in 30 days", "incidents", Aim.AT_MOST, 1e6),
        Aimable("duration", "Duration of impact, median", "min", Aim.AT_MOST, 1e7),
        Aimable("time_to_detect", "Time to detect, median", "min", Aim.AT_MOST, 1e7),
        Aimable("time_to_acknowledge", "Time to acknowledge, median", "min", Aim.AT_MOST, 1e7),
        Aimable("time_to_mitigate", "Time to mitigate, median", "min", Aim.AT_MOST, 1e7),
        Aimable("time_to_recover", "Time to recover, median", "min", Aim.AT_MOST, 1e7),
        Aimable("time_to_resolve", "Time to resolve, median", "min", Aim.AT_MOST, 1e7),
        Aimable("mtbf", "Time between failures", "h", Aim.AT_LEAST, 1e7),
        Aimable("high_severity", "SEV-1 and SEV-2", "%", Aim.AT_MOST, 100),
        Aimable("by_customers", "Noticed by customers", "%", Aim.AT_MOST, 100),
        Aimable("late", "Detected late", "%", Aim.AT_MOST, 100),
        Aimable("recurrence", "Came again within a year", "%", Aim.AT_MOST, 100),
        Aimable("postmortems", "Required postmortems published", "%", Aim.AT_LEAST, 100),
        Aimable("actions_closed", "Actions closed", "%", Aim.AT_LEAST, 100),
    )
}
"""Every figure one can aim at, in the order they are shown in."""


def targets(work: UnitOfWork) -> Mapping[str, Target]:
    """The targets that are set, by the figure's key."""
    return store.targets(work.connection)


def set_target(work: UnitOfWork, key: str, value: float | None) -> None:
    """A target for a figure from now on; None takes it back. Raises InvalidValue."""
    figure = FIGURES.get(key)
    if figure is None:
        raise InvalidValue(
            f"{key[:40]!r} is no figure", path=("figure",), expected=", ".join(FIGURES)
        )
    if value is not None and not 0 <= value <= figure.most:
        raise InvalidValue(
            f"is {value:g}", path=(key,), expected=f"0 to {figure.most:,.0f} {figure.unit}"
        )
    made = None if value is None else Target(figure.aim, value)
    if made != targets(work).get(key):
        store.put(work.connection, key, made, work.viewer.user_id, work.now)
        work.audit("analytics.target", key, value=value)
