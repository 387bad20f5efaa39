"""A draft from an incident's record: what the record says outright, and proposals that a person keeps or leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import Enum
from typing import assert_never

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.incidents.detection import Detection
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.recovery import RecoveryCriterion, recovery_text
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent, in_order
from kintsugi.core.postmortems.automation import suggest_actions
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.titles import default_title

KEY_KINDS = frozenset(
    {
        EventKind.DETECTION, EventKind.STATUS, EventKind.SEVERITY, EventKind.DECISION,
        EventKind.ESCALATION, EventKind.DEPLOY, EventKind.ROLLBACK, EventKind.RUNBOOK,
    }
)  # fmt: skip
"""Kinds of entries that tell how an incident went, whatever their importance."""


class ProposalKind(Enum):
    """What a proposal would add."""

    EVENT = "event"
    ACTION = "action"
    CONTRIBUTOR = "contributor"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to keep or leave, and from what in the record it was derived.

    `key` says what it came from, so that drafting again never proposes it twice. One of `event`,
    `action` and `name` is set, by its kind.
    """

    key: str
    kind: ProposalKind
    because: str
    event: TimelineEvent | None = None
    action: ActionItem | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How much an incident's record holds: messages sent, and changes by the kind of entry they left."""

    messages: int
    by_kind: Mapping[EventKind, int]


def count_record(entries: Sequence[Entry]) -> RecordCounts:
    """The counts of the guide's metrics, from entries' kinds and never from words in their texts."""
    kinds = [entry.kind for entry in entries]
    return RecordCounts(
        kinds.count(EventKind.MESSAGE),
        {kind: kinds.count(kind) for kind in EventKind if kind in kinds},
    )


def drafted(
    incident: Incident,
    entries: Sequence[Entry],
    *,
    zone: tzinfo,
    zone_name: str,
    people: Mapping[str, str],
    criteria: Sequence[RecoveryCriterion] = (),
) -> tuple[Postmortem, tuple[Proposal, ...]]:
    """The postmortem an incident's record gives, and proposals for the rest.

    Taken over as they stand: title, severity, summary, impact in words and in numbers, services, milestones, detection,
    commander, tags, and how recovery was verified. Proposed: key events, the guide's suggestions, and who took part.
    Nothing is invented: root cause, trigger and lessons stay empty. `people` are names or e-mail addresses by
    user id; the day of the postmortem is the incident's, in `zone`.
    """
    moments = [at for _, at in incident.milestones.known() if isinstance(at, datetime)]
    began = min([*moments, incident.created_at])
    postmortem = Postmortem(
        title="", incident_id=incident.id, severity=incident.severity,
        incident_status=incident.status, date=began.astimezone(zone).date(), zone=zone_name,
        summary=incident.summary,
        impact=incident.whole_impact,
        detection=Detection(how=incident.detection), milestones=incident.milestones,
        commander=people.get(incident.commander_id or "", ""), tags=incident.tags,
        resolution=recovery_text(criteria),
    )  # fmt: skip
    titled = replace(postmortem, title=default_title(replace(postmortem, summary=incident.title)))
    events = _key_events(entries)
    whole = replace(titled, timeline=in_order([one.event for one in events if one.event]))
    return titled, (*events, *_actions(whole), *_contributors(entries, people))


def _key_events(entries: Sequence[Entry]) -> list[Proposal]:
    found = []
    for entry in sorted(entries, key=lambda one: (one.happened_at, one.sequence)):
        if not entry.important and entry.kind not in KEY_KINDS:
            continue
        why = "marked important" if entry.important else f"of the kind {entry.kind.value}"
        event = replace(entry.event(), important=entry.important)
        because = f"entry {entry.sequence} of the incident's timeline, {why}"
        found.append(Proposal(f"event:{entry.sequence}", ProposalKind.EVENT, because, event=event))
    return found


def _actions(postmortem: Postmortem) -> list[Proposal]:
    return [
        Proposal(f"action:{number}", ProposalKind.ACTION, one.because, action=one.action)
        for number, one in enumerate(suggest_actions(postmortem), start=1)
    ]


def _contributors(entries: Sequence[Entry], people: Mapping[str, str]) -> list[Proposal]:
    wrote: dict[str, int] = {}
    for entry in entries:
        if entry.actor_id in people:
            wrote[entry.actor_id] = wrote.get(entry.actor_id, 0) + 1
    return [
        Proposal(
            f"contributor:{user_id}", ProposalKind.CONTRIBUTOR,
            f"wrote {count} of the {len(entries)} entries of the timeline",
            name=people[user_id],
        )
        for user_id, count in sorted(wrote.items(), key=lambda one: (-one[1], one[0]))
    ]  # fmt: skip


def kept(postmortem: Postmortem, proposal: Proposal) -> Postmortem:
    """The postmortem with a proposal taken over; one that is there already changes nothing."""
    match proposal.kind:
        case ProposalKind.EVENT:
            if proposal.event is None or proposal.event in postmortem.timeline:
                return postmortem
            return replace(postmortem, timeline=in_order((*postmortem.timeline, proposal.event)))
        case ProposalKind.ACTION:
            if proposal.action is None or proposal.action in postmortem.action_items:
                return postmortem
            return replace(postmortem, action_items=(*postmortem.action_items, proposal.action))
        case ProposalKind.CONTRIBUTOR:
            if not proposal.name or proposal.name in postmortem.contributors:
                return postmortem
            return replace(postmortem, contributors=(*postmortem.contributors, proposal.name))
        case _ as never:
            assert_never(never)
