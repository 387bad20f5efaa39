"""What changed: deployments, flags and the like, and those that may have to do with services that break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kintsugi.core.alerts.event import AlertLink, ChangeEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.kernel.pages import Page, key_of, moment_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.store import changes as store
from kintsugi.server.alerts.store.changes import KeptChange, WantedChanges
from kintsugi.server.catalog import service as catalog

CHANGES = "alert_changes"
"""Touched when a person tells of a change."""
MOST_SHOWN = 100
MOST_SERVICES, MOST_LINKS, MOST_DETAILS = 50, 20, 100
SUMMARY, WORD, VALUE, ADDRESS = 1024, 64, 1000, 2048
AHEAD = timedelta(minutes=5)
"""Clocks differ by so much; a change further in the future has not happened."""


def list_changes(
    work: UnitOfWork, wanted: WantedChanges, limit: int, cursor: str | None = None
) -> Page[KeptChange]:
    """Changes, the newest first. Raises InvalidValue for a cursor that is none of ours."""
    after: tuple[datetime, str] | None = None
    if cursor:
        at, change_id = key_of(cursor, 2)
        after = moment_of(at), change_id
    found = store.listing(work.connection, wanted, limit + 1, after)
    return page_of(found, limit, lambda one: (one.at.isoformat(), one.id))


def changes_for(
    work: UnitOfWork,
    services: Sequence[str],
    since: datetime,
    until: datetime,
    most: int = MOST_SHOWN,
) -> list[KeptChange]:
    """The changes of these services, and of all they depend on, from a moment until before another, newest first."""
    names = dict.fromkeys(services)
    for service in services:
        names.update(dict.fromkeys(catalog.depends_on(work, service)))
    if not names:
        return []
    return store.listing(work.connection, WantedChanges(tuple(names), "", since, until), most)


def add_change(work: UnitOfWork, said: ChangeEvent) -> KeptChange:
    """A change that a person, or a program with a person's token, tells of; now unless it says when.

    Raises InvalidValue, with the field of the API.
    """
    at = said.at or work.now
    if at > work.now + AHEAD:
        raise InvalidValue(
            "has not happened yet", path=("at",), expected="a moment that has passed"
        )
    summary = one_line(clean(said.summary))
    if not summary:
        raise InvalidValue("is empty", path=("summary",), expected="what was changed")
    change = KeptChange(
        id=work.new_id("chg"), at=at, received_at=work.now, summary=_short(summary, SUMMARY, "summary"),
        origin=_short(one_line(clean(said.source)), WORD, "source"),
        services=_services(said.services), links=_links(said.links),
        details=_details(said.details),
    )  # fmt: skip
    store.add(work.connection, change)
    work.audit("change.create", change.id)
    work.touch(CHANGES)
    return change


def _services(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > MOST_SERVICES:
        raise InvalidValue(f"has more than {MOST_SERVICES} names", path=("services",))
    made = [
        _short(one_line(clean(name)), WORD, "services", place) for place, name in enumerate(names)
    ]
    return tuple(dict.fromkeys(name for name in made if name))


def _links(links: Sequence[AlertLink]) -> tuple[AlertLink, ...]:
    if len(links) > MOST_LINKS:
        raise InvalidValue(f"has more than {MOST_LINKS}", path=("links",))
    made = []
    for place, link in enumerate(links):
        url = clean(link.url).strip()
        if not url.casefold().startswith(("http://", "https://")) or len(url) > ADDRESS:
            raise InvalidValue(
                "is no address of the web", path=("links", place, "url"), expected="https://..."
            )
        made.append(AlertLink(url, _short(one_line(clean(link.text)), VALUE, "links", place)))
    return tuple(made)


def _details(details: Mapping[str, str]) -> dict[str, str]:
    if len(details) > MOST_DETAILS:
        raise InvalidValue(f"has more than {MOST_DETAILS}", path=("details",))
    return {
        _short(one_line(clean(name)), 200, "details"): _short(clean(value), VALUE, "details", name)
        for name, value in details.items()
    }


def _short(text: str, most: int, *path: str | int) -> str:
    if len(text) > most:
        raise InvalidValue(f"has more than {most:,} characters", path=path)
    return text
