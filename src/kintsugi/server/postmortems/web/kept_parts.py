"""The parts of the edit page as HTML, drawn once for as long as what they show stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.same import key_of, value_of
from kintsugi.kernel.web import environment
from kintsugi.server.postmortems.web.parts import Part, part_named
from kintsugi.server.postmortems.web.workbench import ROWS, section

MOST = 192
"""Parts that are kept: those of the postmortems that people are writing on."""


def part_html(
    part: Part, document: Postmortem, changed_at: Mapping[str, int], zone: str,
    address: str, first: int, state: tuple[str, str],
) -> Markup:  # fmt: skip
    """A part as nobody has typed in it yet.

    Its form says as the version it was read at the one that last changed it: nothing of it has
    changed since, so whoever sends it is as up to date as with the newest.
    """
    read_at = max((changed_at.get(field, 0) for field in part.fields), default=0)
    values = tuple(key_of(getattr(document, field)) for field in part.fields)
    return _found(part.name, values, read_at, zone, address, first if part.rows else 0, state)


@lru_cache(maxsize=MOST)
def _found(
    name: str, values: tuple[object, ...], read_at: int, zone: str, address: str, first: int,
    state: tuple[str, str],
) -> Markup:  # fmt: skip
    """What the same objects gave before; else what equal ones did, which a change elsewhere leaves as they were."""
    return _drawn(name, tuple(map(value_of, values)), read_at, zone, address, first, state)


@lru_cache(maxsize=MOST)
def _drawn(
    name: str, values: tuple[object, ...], read_at: int, zone: str, address: str, first: int,
    state: tuple[str, str],
) -> Markup:  # fmt: skip
    part = part_named(name)
    fields: dict[str, Any] = {"title": "", **dict(zip(part.fields, values, strict=True))}
    shown = section(part, Postmortem(**fields), read_at, ZoneInfo(zone), first=first, state=state)
    template = environment().get_template("postmortems/_kept_part.html")
    context = {"section": shown, "address": address, "rows_at_once": ROWS}
    return Markup(template.render(context))  # noqa: S704 - made with autoescape
