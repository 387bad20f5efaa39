"""Impact in numbers as JSON: the `impactDetails` of the API, without the text and the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.codec import decode, encode
from kintsugi.formats.reading import Reading
from kintsugi.formats.spellings import camel, snake, written_key

BESIDE = ("text", "affected_services")
"""What a record holds beside its impact in numbers, and says once."""


def detail_key(name: str) -> str:
    """A field of an impact as JSON spells it, such as `durationMinutes`."""
    return camel(written_key(Impact, name))


def impact_details(impact: Impact) -> dict[str, Any]:
    """What is known besides the text and the services, by its JSON keys."""
    data: dict[str, Any] = encode(replace(impact, text="", affected_services=()), camel=True)
    if impact.estimated:
        data["estimated"] = [detail_key(name) for name in impact.estimated]
    return data


def read_details(data: Mapping[str, object], *, is_newer: bool = False) -> Impact:
    """The impact that such JSON describes. Raises InvalidValue with the key as the input spells it.

    With `is_newer` keys that are not known are passed over: they are those of a later version.
    """
    reading = Reading()
    impact: Impact = decode(Impact, dict(data), reading)
    if reading.unknown and not is_newer:
        raise InvalidValue("is not known", path=(reading.unknown[0][0],), expected="a known field")
    if impact.text or impact.affected_services:
        raise InvalidValue("stands beside the numbers", expected="numbers alone")
    names = tuple(snake(name).removesuffix("_minutes") for name in impact.estimated)
    return replace(impact, estimated=names)
