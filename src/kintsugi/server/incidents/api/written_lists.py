"""A page of incidents as JSON, put together from what was written before."""

from __future__ import annotations

import json

from kintsugi.kernel.pages import Page
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import written

MOST_KEPT = 5_000
_kept: dict[tuple[str, int], str] = {}
"""Incidents as JSON by id and version: what one says changes only with its version. Who sees which, the database says
at every request. The dictionary's own operations are atomic, and it is emptied when it is full."""


def written_page(work: UnitOfWork, page: Page[incidents.Place]) -> bytes:
    """The page as `IncidentPage` describes it. Only what was not written before is read."""
    texts = {
        place.id: text
        for place in page.items
        if (text := _kept.get((place.id, place.version))) is not None
    }
    missing = [place.id for place in page.items if place.id not in texts]
    if missing:
        found = incidents.get_all(work, missing)
        for one in found.values():
            texts[one.id] = _keep(one.id, one.version, _json(written(one)))
    names = incidents.commander_names(work, page.items)
    items = [
        f'{texts[place.id]},"commander":{_json(names.get(place.commander_id or ""))}}}'
        for place in page.items
        if place.id in texts
    ]
    return f'{{"items":[{",".join(items)}],"nextCursor":{_json(page.next_cursor)}}}'.encode()


def _keep(incident_id: str, version: int, text: str) -> str:
    """The text without its closing brace: the commander's name comes after it."""
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[(incident_id, version)] = text[:-1]
    return text[:-1]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
