"""The document and its proposals as they lie in the database: our own JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.drafting import Proposal, ProposalKind
from kintsugi.core.postmortems.revisions import SECTIONS, lines_of
from kintsugi.formats.codec import decode, encode
from kintsugi.formats.own_json import own_data
from kintsugi.formats.reading import Reading
from kintsugi.formats.records import decode_own


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
    text = json.dumps(own_data(kept), ensure_ascii=False)
    _value(_Kept(text, kept))
    return text


def words(postmortem: Postmortem) -> str:
    """What people wrote in it, a line each, to search in."""
    return "\n".join(line for name in SECTIONS for line in lines_of(getattr(postmortem, name)))


def whole(postmortem: Postmortem) -> str:
    """The document with its actions, for a revision."""
    return json.dumps(own_data(postmortem), ensure_ascii=False)


def read(text: str) -> Postmortem:
    """The value of a kept document; one that was read or saved a moment ago is the same object."""
    return _value(_Kept(text))


@lru_cache(maxsize=32)
def _value(kept: _Kept) -> Postmortem:
    return decode_own(json.loads(kept.text)) if kept.value is None else kept.value


def factor_categories(text: str) -> set[str]:
    """The categories of the contributing factors of a kept document, without reading the rest of it."""
    return {one.get("category", "") for one in json.loads(text).get("contributing_factors", ())}


def sections_of(postmortem: Postmortem, names: Sequence[str]) -> dict[str, Any]:
    """Some sections as plain data, for the history."""
    data = own_data(postmortem)
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
