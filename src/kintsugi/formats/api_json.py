"""A postmortem as the API has it: the Post-Mortems seed's keys, and the rest of ours in camelCase."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, tzinfo
from typing import Any

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import zone_named
from kintsugi.formats.codec import decode, encode
from kintsugi.formats.own_json import own_data
from kintsugi.formats.reading import Reading
from kintsugi.formats.spellings import camel, keys_of, snake

ALWAYS = ("title", "incidentId", "summary", "impact", "rootCause")
LISTS = ("timeline", "actionItems", "contributors")
KEPT_BY_SERVICE = frozenset(
    {
        "id", "reference", "incident", "createdAt", "createdBy", "updatedAt", "publishedAt",
        "submittedAt", "archivedAt", "version", "textVersion", "revision", "template", "approvals",
        "approvalsNeeded", "proposals", "notes",
    }
)  # fmt: skip
"""Keys of an answer that nobody sets: what was read may be sent back whole."""
_NOT_SECTIONS = frozenset({"schema", "extra"})


@dataclass(frozen=True, slots=True)
class Posted:
    """What a body said: the values, which fields of the postmortem they are, and notes on how they were read."""

    postmortem: Postmortem
    fields: frozenset[str]
    notes: tuple[str, ...]


def api_data(postmortem: Postmortem) -> dict[str, Any]:
    """The body of an answer: the seed's keys always, every other field that is set.

    `impact` is its text, as in the seed; its numbers stand in `impactDetails`. Keys of the input
    that are none of ours come back as they came.
    """
    data = own_data(postmortem, camel=True)
    del data["schema"]
    extra = data.pop("extra", {})
    details = data.pop("impact", {})
    text = details.pop("text", "") if isinstance(details, dict) else ""
    made = dict.fromkeys(ALWAYS, "") | {name: [] for name in LISTS} | data | {"impact": text}
    if details:
        made["impactDetails"] = details
    made["actionItems"] = [
        {"owner": action.owner, "status": action.status.value}
        | ({"priority": None} if action.priority is None else {})
        | encode(action, camel=True)
        for action in postmortem.action_items
    ]
    made["status"] = postmortem.status.value
    return {key: value for key, value in extra.items() if key not in made} | made


def read_api(body: object, *, zone: tzinfo = UTC) -> Posted:
    """What a body of the API says. Raises InvalidValue with the field as the body spells it.

    Clock times stay clock times; a moment without a zone is in `zone`.
    """
    if not isinstance(body, dict):
        raise InvalidValue("the body is not an object", expected="fields such as title and summary")
    data = {str(key): value for key, value in body.items()}
    named = data.get("zone") or data.get("timezone")
    if isinstance(named, str) and named:
        zone = zone_named(named)
    reading = Reading(zone=zone)
    postmortem: Postmortem = decode(Postmortem, _with_details(data), reading)
    notes = list(reading.notes)
    if reading.naive_times:
        notes.append(f"times without a zone are taken as {named or 'UTC'}")
    known = {
        key: entry.name for entry in fields(Postmortem) for key in keys_of(Postmortem, entry.name)
    }
    said = {known[snake(key)] for key in data if snake(key) in known}
    if "impactDetails" in data or "impact_details" in data:
        said.add("impact")
    if reading.unknown:
        said.add("extra")
        postmortem = replace(postmortem, extra=tuple(reading.unknown))
    return Posted(postmortem, frozenset(said - _NOT_SECTIONS | ({"extra"} & said)), tuple(notes))


def _with_details(data: Mapping[str, Any]) -> dict[str, Any]:
    """`impact` as text beside `impactDetails`, put together to the one object that the codec reads."""
    merged = dict(data)
    details = merged.pop("impactDetails", merged.pop("impact_details", None))
    if details is None:
        return merged
    if not isinstance(details, dict):
        raise InvalidValue("is not an object", path=("impactDetails",), expected="numbers by name")
    text = merged.get("impact")
    told = text if isinstance(text, dict) else {} if text is None else {"text": text}
    return merged | {"impact": details | told}


def merged_impact(before: Impact, posted: Impact, body: Mapping[str, Any]) -> Impact:
    """The impact after a change: a text alone changes only the text, details alone only the details."""
    said_text = "impact" in body and not isinstance(body["impact"], dict)
    said_details = "impactDetails" in body or "impact_details" in body
    if said_text and not said_details:
        return replace(before, text=posted.text)
    if said_details and "impact" not in body:
        return replace(posted, text=before.text)
    return posted


def api_key(field: str) -> str:
    """A field as the API spells it."""
    return camel(field)


def api_json(postmortem: Postmortem) -> str:
    """The same as text, indented."""
    return json.dumps(api_data(postmortem), indent=2, ensure_ascii=False) + "\n"
