"""The document and its proposals as they lie in the database: our own JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.drafting import Proposal, ProposalKind
from kintsugi.core.postmortems.revisions import SECTIONS, lines_of
from kintsugi.core.shared.same import key_of, value_of
from kintsugi.core.shared.times import When, parse_when
from kintsugi.formats.codec import decode, encode
from kintsugi.formats.own_json import own_data
from kintsugi.formats.reading import Reading
from kintsugi.formats.records import decode_own

_KEYS = frozenset(each.name for each in fields(TimelineEvent))
_KINDS = {kind.value: kind for kind in EventKind}


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept text, and its value where somebody has it already."""

    text: str
    value: Postmortem | None = field(compare=False, default=None)


def written(postmortem: Postmortem) -> str:
    """The document as it is kept: without its actions, which the actions room keeps.

    Whoever opens it next in this process gets the value that was saved, and nobody decodes it again.
    """
    kept = replace(postmortem, action_items=())
    text = whole(kept)
    _value(_Kept(text, kept))
    return text


def words(postmortem: Postmortem) -> str:
    """What people wrote in it, a line each, to search in."""
    return "\n".join(line for name in SECTIONS for line in lines_of(getattr(postmortem, name)))


def whole(postmortem: Postmortem) -> str:
    """The document with its actions, for a revision."""
    data = own_data(replace(postmortem, timeline=()))
    if not postmortem.timeline:
        return json.dumps(data, ensure_ascii=False)
    return with_events(data | {"timeline": []}, postmortem.timeline, camel=False)


def with_events(data: Mapping[str, Any], events: tuple[TimelineEvent, ...], *, camel: bool) -> str:
    """Data as JSON text, in the place of its empty `timeline` the events, as they were written for the one before."""
    keys = list(data)
    at = keys.index("timeline")
    before = json.dumps({key: data[key] for key in keys[:at]}, ensure_ascii=False, default=str)
    after = json.dumps({key: data[key] for key in keys[at + 1 :]}, ensure_ascii=False, default=str)
    told = [before[1:-1], f'"timeline": {_events(key_of(events), camel=camel)}', after[1:-1]]
    return "{" + ", ".join(part for part in told if part) + "}"


@lru_cache(maxsize=32)
def _events(events: object, *, camel: bool) -> str:
    listed = cast("tuple[TimelineEvent, ...]", value_of(events))
    encoded = [encode(event, camel=camel) for event in listed]
    return json.dumps(encoded, ensure_ascii=False)


def read(text: str) -> Postmortem:
    """The value of a kept document; one that was read or saved a moment ago is the same object."""
    return _value(_Kept(text))


@lru_cache(maxsize=32)
def _value(kept: _Kept) -> Postmortem:
    if kept.value is not None:
        return kept.value
    data = json.loads(kept.text)
    events = data.pop("timeline", ())
    return replace(decode_own(data), timeline=tuple(map(_event, events)))


def _event(data: dict[str, Any]) -> TimelineEvent:
    """An event as `written` wrote it: nothing of it has to be tidied up, and there may be thousands."""
    if not data.keys() <= _KEYS:
        found: TimelineEvent = decode(TimelineEvent, data, Reading())
        return found
    told = data.get("time")
    return TimelineEvent(
        None if told is None else _when(told), data.get("description", ""), data.get("actor", ""),
        data.get("action_taken", ""), data.get("important", False), _KINDS[data.get("kind", "note")],
        data.get("evidence", ""),
    )  # fmt: skip


def _when(told: str) -> When:
    if told[-1] == "Z" and told[10:11] == "T":
        return datetime.fromisoformat(told)
    return parse_when(told).when


def factor_categories(text: str) -> set[str]:
    """The categories of the contributing factors of a kept document, without reading the rest of it."""
    return {one.get("category", "") for one in json.loads(text).get("contributing_factors", ())}


def sections_of(postmortem: Postmortem, names: Sequence[str]) -> dict[str, Any]:
    """Some sections as plain data, for the history."""
    data = own_data(postmortem if "timeline" in names else replace(postmortem, timeline=()))
    return {name: data.get(name) for name in names}


def proposals_written(proposals: Sequence[Proposal]) -> str:
    """Proposals as they are kept."""
    return json.dumps([_proposal_data(one) for one in proposals], ensure_ascii=False)


def proposals_read(text: str) -> tuple[Proposal, ...]:
    """The proposals of a kept list."""
    return tuple(_proposal(data) for data in json.loads(text))


def _proposal_data(proposal: Proposal) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": proposal.key, "kind": proposal.kind.value, "because": proposal.because,
        "name": proposal.name,
    }  # fmt: skip
    if proposal.event is not None:
        data["event"] = encode(proposal.event)
    if proposal.action is not None:
        data["action"] = encode(proposal.action)
    return data


def _proposal(data: dict[str, Any]) -> Proposal:
    return Proposal(
        data["key"], ProposalKind(data["kind"]), data["because"],
        decode(TimelineEvent, data["event"], Reading()) if "event" in data else None,
        decode(ActionItem, data["action"], Reading()) if "action" in data else None,
        data["name"],
    )  # fmt: skip
