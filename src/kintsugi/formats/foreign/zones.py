"""Time zones as people write them beside a time: UTC, EDT, CEST, +02:00, US/Pacific."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import zone_named

OFFSETS: Mapping[str, float] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
    "HST": -10, "JST": 9, "KST": 9, "IST": 5.5, "SGT": 8, "HKT": 8, "AEST": 10, "AEDT": 11, "ACST": 9.5, "AWST": 8,
    "NZST": 12, "NZDT": 13, "BRT": -3, "SAST": 2,
}  # fmt: skip
"""Hours ahead of UTC of the abbreviations read; each is taken at its word, so PST is UTC-8 in summer too.

Where one stands for several zones it is the one that most readers mean: BST is British Summer Time,
CST and EST are North American, IST is Indian.
"""

REGIONS: Mapping[str, str] = {
    "PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York",
    "PACIFIC": "America/Los_Angeles", "EASTERN": "America/New_York",
}  # fmt: skip
"""Names of a region's time, whatever the season."""

_NAMES = "|".join(sorted((*OFFSETS, *REGIONS), key=len, reverse=True))
_AREAS = "Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific|US|Canada"
ZONE = (
    r"(?:(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)|[+-]\d{2}:?\d{2}(?![\d-])"
    rf"|\b(?:{_AREAS})/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?"
    rf"|(?<![A-Za-z])(?:{_NAMES}|[Uu]tc|Pacific|Eastern)(?![A-Za-z/-]))"
)
"""A zone right behind a time."""

_STATED = re.compile(rf"\(\s*{ZONE}|\b(?:in|are|all|times?:?|zone:?)\s+\(?{ZONE}", re.IGNORECASE)
_ZONE = re.compile(ZONE)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?")


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that a text names; `name` is its IANA name when it has one."""

    tz: tzinfo
    name: str = ""


@lru_cache(maxsize=256)
def zone_of(written: str) -> Zone | None:
    """The zone of a name, an abbreviation or an offset; None for anything else."""
    text = written.strip()
    if text.upper() in REGIONS:
        name = REGIONS[text.upper()]
        return Zone(zone_named(name), name)
    hours = OFFSETS.get(text.upper())
    if hours is not None:
        return Zone(timezone(timedelta(hours=hours)) if hours else UTC, "" if hours else "UTC")
    offset = _OFFSET.fullmatch(text)
    if offset:
        ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        if ahead >= timedelta(hours=24):
            return None
        return Zone(timezone(ahead if offset["sign"] == "+" else -ahead))
    try:
        return Zone(zone_named(text), text) if "/" in text else None
    except InvalidValue:
        return None


def is_american(zone: Zone) -> bool:
    """Whether it is one of the United States: dates in numbers there put the month first."""
    if zone.name:
        return zone.name.startswith(("US/", "America/"))
    ahead = zone.tz.utcoffset(None)
    return ahead is not None and timedelta(hours=-10) <= ahead <= timedelta(hours=-4)


def stated_zone(text: str) -> Zone | None:
    """The zone that a heading, a column's head or a remark such as `All times in PST` states."""
    for said in _STATED.finditer(text):
        found = _ZONE.search(said[0])
        zone = zone_of(found[0]) if found else None
        if zone is not None:
            return zone
    return None
