"""Titles of incidents made from alerts: a template whose `{name}` fields are an alert's fields and labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kintsugi.core.alerts.labels import field
from kintsugi.core.shared.text import clean, one_line, shortened

TEMPLATE = 500
LONGEST = 200
ALERTS_OWN = "{title}"
NAMELESS = "Alert without a title"

_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}|]{1,200})(?:\|(?P<fallback>[^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Titled:
    """A title, and the names in its template that this alert has no value for and that had no fallback."""

    text: str
    missing: tuple[str, ...] = ()


def titled(template: str, facts: Mapping[str, str]) -> Titled:
    """The title of an incident that this alert opens.

    `{service}` is replaced by the alert's own field or label of that name, `{service|unknown}` by `unknown` if
    there is none, and by nothing if there is no fallback; `{{` is a brace. A name is only looked up: it
    reaches nothing of the program. A template that leaves nothing gives the alert's own title.
    """
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        if (name := found["name"]) is None:
            return found[0][0]
        text = field(facts, name.strip())
        if not text and found["fallback"] is None:
            missing.append(name.strip())
        return text or (found["fallback"] or "")

    text = _fit(_FIELD.sub(value, template)) or _fit(field(facts, "title")) or NAMELESS
    return Titled(text, tuple(dict.fromkeys(missing)))


def names_in(template: str) -> tuple[str, ...]:
    """The names that a template has fields for, in order."""
    found = (match["name"] for match in _FIELD.finditer(template))
    return tuple(dict.fromkeys(name.strip() for name in found if name is not None))


def _fit(text: str) -> str:
    return shortened(one_line(clean(text)), LONGEST)
