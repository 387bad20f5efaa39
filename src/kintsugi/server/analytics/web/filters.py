"""The filters over every page of analytics, in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.asked import Asked
from kintsugi.server.analytics.web.showing import address
from kintsugi.server.catalog import service as catalog

PERIODS = {"30": "30 days", "90": "90 days", "365": "A year", "1095": "3 years"}
USUAL = "365"
PAGES = {
    "overview": "/analytics",
    "services": "/analytics/services",
    "response": "/analytics/response",
    "learning": "/analytics/learning",
    "patterns": "/patterns",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """The chips of periods, the options of each field, what is asked for, and whether that narrows the list.

    `tabs` are the addresses of the pages of the room, narrowed alike.
    """

    path: str
    chips: tuple[tuple[str, str, bool], ...]
    options: Mapping[str, tuple[tuple[str, str], ...]]
    asked: Mapping[str, str]
    is_narrowed: bool
    clear_href: str
    tabs: Mapping[str, str]


def filters_of(work: UnitOfWork, path: str, asked: Asked) -> Filters:
    """What stands over a page, as it was asked for."""
    said = asked_words(asked)
    own = {name: value for name, value in said.items() if name not in ("since", "until", "days")}
    period = "" if asked.since or asked.until else str(asked.days or USUAL)
    chips = tuple(
        (word, address(path, {**own, "days": "" if days == USUAL else days}), days == period)
        for days, word in PERIODS.items()
    )
    classes = [(one.key, one.cause.title) for one in analytics.all_classes(work)]
    options = {
        "service": _plain(catalog.names(work), asked.service),
        "team": _plain(catalog.teams(work), asked.team),
        "severity": (("", "Any"), *((one.label, one.label) for one in Severity)),
        "factor": (("", "Any"), *classes),
    }
    narrowed = any(value for name, value in own.items() if name != "behind") or bool(
        asked.since or asked.until
    )
    kept = {**said, "behind": ""}
    tabs = {name: address(to, kept) for name, to in PAGES.items()}
    return Filters(path, chips, options, said, narrowed, path, tabs)


def asked_words(asked: Asked) -> dict[str, str]:
    """What is asked for, as it stands in an address."""
    data: dict[str, Any] = asked.model_dump(mode="json", exclude_none=True)
    return {name: str(value) for name, value in data.items() if value}


def _plain(names: list[str], chosen: str) -> tuple[tuple[str, str], ...]:
    """Each name as an option; one that is asked for and nobody knows stays, so that the page says what it shows."""
    known = list(names)
    if chosen and chosen not in known:
        known.append(chosen)
    return (("", "Any"), *((one, one) for one in known))
