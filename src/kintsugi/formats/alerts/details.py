"""The free part of an event: what of it is a label, what a measurement, what a text to read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kintsugi.formats.alerts.bodies import is_number, text_of
from kintsugi.formats.alerts.limits import web_address

LONGEST_LABEL = 200
"""A text of one line and this length or less tells alerts apart; a longer one is for reading."""

_NUMBER = re.compile(r"[-+]?\d{1,30}(?:\.\d{1,30})?(?:[eE][-+]?\d{1,3})?%?")
_LONGEST_TAGS = 20_000
_SERVICES = ("service", "service_name", "services", "serviceName")
_RUNBOOKS = ("runbook_url", "runbook", "runbookUrl")


@dataclass(slots=True)
class Details:
    """The details of an event, sorted; `services` as named by `service` or `services`."""

    labels: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    runbook_url: str = ""

    @property
    def service(self) -> str:
        """The service, or the first of several."""
        return self.services[0] if self.services else ""


def details_of(given: object) -> Details:
    """Numbers are values, short texts are labels, the rest is to be read; a bare text is the description.

    Pairs as `{"key": ..., "value": ...}` or `[name, value]` in a list are read as a map.
    """
    found = Details()
    if isinstance(given, list):
        given = pairs_of(given) or {"details": given}
    if not isinstance(given, dict):
        if text := text_of(given):
            found.annotations["description"] = text
        return found
    for key, value in given.items():
        name, text = str(key), text_of(value)
        if not text or text.isspace():
            continue
        if name in _SERVICES and not found.services:
            found.services = _several(value, text)
        if name in _RUNBOOKS and not found.runbook_url:
            found.runbook_url = web_address(text)
        if is_number(value) or _NUMBER.fullmatch(text):
            found.values[name] = text
        elif _is_label(name, value, text):
            found.labels[name] = text
        else:
            found.annotations[name] = text
    return found


def _is_label(name: str, value: object, text: str) -> bool:
    if name in ("description", "message", "summary", "details") or isinstance(value, dict):
        return False
    return len(text) <= LONGEST_LABEL and "\n" not in text and not web_address(text)


def _several(value: object, text: str) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(text_of(one).strip() for one in value[:100])
    return tuple(part.strip() for part in text[:10_000].split(",") if part.strip())


def pairs_of(items: list[object]) -> dict[str, object]:
    """The map that a list of pairs means: `{"key": ..., "value": ...}`, or `[name, value]`; empty if it is none."""
    pairs: dict[str, object] = {}
    for item in items:
        match item:
            case (
                {"key": str(name), "value": value}
                | {"name": str(name), "value": value}
                | {"tag": str(name), "value": value}
            ):
                pairs[name] = _bare(value)
            case [str(name), value]:
                pairs[name] = value
            case _:
                return {}
    return pairs


def _bare(value: object) -> object:
    """A value out of what OpenTelemetry puts around it: `{"stringValue": "x"}`."""
    match value:
        case {"stringValue": bare} | {"intValue": bare} | {"doubleValue": bare}:
            return bare
        case {"boolValue": bare}:
            return bare
        case _:
            return value


def tags_of(given: object) -> tuple[str, dict[str, str]]:
    """Plain tags as one text, and those written `name:value` or `name=value` as pairs."""
    if isinstance(given, str):
        given = given[:_LONGEST_TAGS].split(",")
    if not isinstance(given, list):
        return "", {}
    plain, pairs = [], {}
    for one in given:
        text = text_of(one).strip()
        name, mark, value = text.partition("=") if "=" in text else text.partition(":")
        if mark and name and value and not value.startswith("//"):
            pairs[name.strip()] = value.strip()
        elif text:
            plain.append(text)
    return ", ".join(plain), pairs
