"""timeline.json: the timeline of a postmortem by itself, for programs; and its JSON Schema."""

from __future__ import annotations

import json
from typing import Any

from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.codec import decode, encode
from kintsugi.formats.own_json import schema_of_parts
from kintsugi.formats.plain import load_json
from kintsugi.formats.reading import Reading

TIMELINE_SCHEMA = "kintsugi/timeline/1"
_KEYS = frozenset({"schema", "title", "date", "zone", "events"})


def write_timeline_json(postmortem: Postmortem) -> str:
    """The postmortem's events with its title, day and zone."""
    data: dict[str, object] = {"schema": TIMELINE_SCHEMA, "title": postmortem.title}
    if postmortem.date is not None:
        data["date"] = postmortem.date.isoformat()
    if postmortem.zone:
        data["zone"] = postmortem.zone
    data["events"] = [encode(event) for event in postmortem.timeline]
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def read_timeline_json(text: str, *, file: str = "") -> tuple[TimelineEvent, ...]:
    """The events of a timeline.json. Raises InputError or InvalidValue for what its schema does not allow."""
    data = load_json(text, file=file)
    if not isinstance(data, dict) or data.get("schema") != TIMELINE_SCHEMA:
        raise InvalidValue("is not a timeline", path=("schema",), expected=TIMELINE_SCHEMA)
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise InvalidValue(
            "is not a field of a timeline", path=(unknown[0],), expected=", ".join(sorted(_KEYS))
        )
    if not isinstance(data.get("title"), str) or not isinstance(data.get("events"), list):
        raise InvalidValue("title or events are missing", expected="a text and a list")
    reading = Reading()
    events = []
    for at, event in enumerate(data["events"]):
        try:
            events.append(decode(TimelineEvent, event, reading))
        except InvalidValue as error:
            raise error.under("events", at) from error
        if reading.unknown:
            raise InvalidValue(
                "is not a field of an event",
                path=("events", at, reading.unknown[0][0]),
                expected="a field of ours",
            )
    return tuple(events)


def timeline_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of timeline.json."""
    reference, definitions = schema_of_parts(TimelineEvent)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": TIMELINE_SCHEMA,
        "title": "Kintsugi timeline",
        "description": "The timeline of a postmortem in a knowledge base: timeline.json beside postmortem.md.",
        "type": "object",
        "properties": {
            "schema": {"const": TIMELINE_SCHEMA},
            "title": {"type": "string"},
            "date": {"type": "string", "format": "date"},
            "zone": {"type": "string"},
            "events": {"type": "array", "items": reference},
        },
        "required": ["schema", "title", "events"],
        "additionalProperties": False,
        "$defs": definitions,
    }
