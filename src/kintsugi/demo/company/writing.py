"""Writes the company's postmortems through the services: each turn as its person and at its moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kintsugi.core.actions.item import ActionStatus
from kintsugi.core.actions.lifecycle import Move
from kintsugi.core.incidents.timeline import TimelineEvent, in_order
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.drafting import ProposalKind
from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.demo.company.moments import length
from kintsugi.demo.company.papers import Deed, Paper, Reader, Turn
from kintsugi.demo.company.story import Person
from kintsugi.formats.records import read_data
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

KINDS: Mapping[str, ProposalKind] = {
    "events": ProposalKind.EVENT,
    "actions": ProposalKind.ACTION,
    "contributors": ProposalKind.CONTRIBUTOR,
}
MOVES: Mapping[Deed, PostmortemStatus] = {
    Deed.SUBMIT: PostmortemStatus.IN_REVIEW,
    Deed.RETURN: PostmortemStatus.DRAFT,
    Deed.PUBLISH: PostmortemStatus.PUBLISHED,
    Deed.ARCHIVE: PostmortemStatus.ARCHIVED,
    Deed.REOPEN: PostmortemStatus.IN_REVIEW,
}
STATES: Mapping[Deed, ActionStatus] = {
    Deed.START: ActionStatus.IN_PROGRESS,
    Deed.DONE: ActionStatus.DONE,
    Deed.VERIFY: ActionStatus.VERIFIED,
    Deed.WONT: ActionStatus.WONT_DO,
    Deed.RISK: ActionStatus.ACCEPTED_RISK,
}


@dataclass(slots=True)
class Desk:
    """Where the postmortems are written: what they are called by now, and the threads of their comments."""

    people: Mapping[str, Person]
    incident_ids: Mapping[str, str]
    now: datetime
    zone: str
    ids: dict[str, str] = field(default_factory=dict)
    threads: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, work: UnitOfWork, declared: datetime, paper: Paper, turn: Turn) -> None:
        """One turn; `declared` is when the paper's incident was."""
        if turn.deed is Deed.DRAFT:
            how = postmortems.Beginning(paper.template, paper.scenario, self.zone)
            made = postmortems.draft(work, self.incident_ids[paper.key], how)
            self.ids[paper.key] = made.id
            return
        at = _Place(work, self.ids[paper.key], paper, turn, self._reader(work, declared))
        if turn.deed in MOVES:
            self._move(at)
        elif turn.deed in STATES:
            self._move_action(at)
        else:
            _REST[turn.deed](self, at)

    def _reader(self, work: UnitOfWork, declared: datetime) -> Reader:
        def day(written: str) -> str:
            today = written.removeprefix("today")
            since = self.now if today != written else declared
            return (since + length(today)).astimezone(UTC).date().isoformat()

        def named(kind: str, name: str) -> str:
            if kind == "inc":
                return incidents.get(work, self.incident_ids[name]).reference
            key, _, local = name.partition("/")
            if kind == "pm":
                return postmortems.get(work, self.ids[key]).reference
            return _action(work, self.ids[key], local).reference

        return Reader(
            moment=lambda written: (declared + length(written)).isoformat(), day=day, named=named,
            addresses={key: one.email for key, one in self.people.items()},
            names={key: one.name for key, one in self.people.items()},
        )  # fmt: skip

    def _move(self, at: _Place) -> None:
        stored, reason = at.stored(), at.reader.told(at.turn.text)
        postmortems.move(at.work, stored, MOVES[at.turn.deed], stored.version, reason)

    def keep(self, at: _Place) -> None:
        """Keep the proposals of some kinds."""
        kinds, stored = {KINDS[word] for word in at.turn.about}, at.stored()
        keys = [one.key for one in stored.proposals if one.kind in kinds]
        postmortems.decide(at.work, stored, keys, keep=True)

    def leave(self, at: _Place) -> None:
        """Leave every proposal that is left."""
        stored = at.stored()
        postmortems.decide(at.work, stored, [one.key for one in stored.proposals], keep=False)

    def write(self, at: _Place) -> None:
        """Write the paper's document, or the sections of the turn."""
        data, stored = at.reader.read(dict(at.turn.sections or at.paper.document)), at.stored()
        said = _completed(read_data(data).postmortem, stored.document)
        fields = [name for name in SECTIONS if name in data]
        if not at.turn.sections:
            events = [*_sourced(stored.document.timeline, at.paper.channel), *said.timeline]
            said = replace(said, timeline=in_order(events))
            fields.append("timeline")
        postmortems.write(at.work, stored, said, fields, stored.version)

    def approve(self, at: _Place) -> None:
        """Approve the text as it stands."""
        self._review(at, postmortems.Decision.APPROVE)

    def refuse(self, at: _Place) -> None:
        """Refuse the text as it stands."""
        self._review(at, postmortems.Decision.REFUSE)

    def _review(self, at: _Place, decision: postmortems.Decision) -> None:
        stored, note = at.stored(), at.reader.told(at.turn.text)
        postmortems.review(at.work, stored, decision, stored.text_version, note)

    def comment(self, at: _Place) -> None:
        """Begin a thread on a section; there is one a section."""
        (section,) = at.turn.about
        made = postmortems.comment(at.work, at.stored(), section, at.reader.told(at.turn.text))
        self.threads[at.paper.key, section] = made.id

    def reply(self, at: _Place) -> None:
        """Answer in the thread of a section."""
        (section,) = at.turn.about
        thread = self.threads[at.paper.key, section]
        postmortems.comment(at.work, at.stored(), section, at.reader.told(at.turn.text), thread)

    def settle(self, at: _Place) -> None:
        """Close the thread of a section."""
        (section,) = at.turn.about
        thread = self.threads[at.paper.key, section]
        postmortems.resolve(at.work, at.stored(), thread, is_resolved=True)

    def share(self, at: _Place) -> None:
        """Make a link for people outside. Its secret is told to nobody."""
        postmortems.sharing.share(at.work, at.stored(), int(at.turn.about[0]))

    def hand(self, at: _Place) -> None:
        """Give an action to somebody else."""
        local, owner = at.turn.about
        action = _action(at.work, at.postmortem_id, local)
        address = at.reader.addresses.get(owner, owner)
        actions.edit(at.work, action, actions.Edit(owner=address), action.version)

    def due(self, at: _Place) -> None:
        """Put an action off."""
        local, day = at.turn.about
        action = _action(at.work, at.postmortem_id, local)
        due = datetime.fromisoformat(at.reader.day(day)).date()
        actions.edit(at.work, action, actions.Edit(due=due), action.version)

    def _move_action(self, at: _Place) -> None:
        local, *rest = at.turn.about
        action = _action(at.work, at.postmortem_id, local)
        text = at.reader.told(at.turn.text)
        deed = at.turn.deed
        proves = deed in (Deed.DONE, Deed.VERIFY)
        given_up = deed in (Deed.WONT, Deed.RISK)
        expires = None
        if deed is Deed.RISK:
            expires = (self.now + length(rest[1].removeprefix("today"))).date()
        said = Move(
            STATES[deed], evidence=text if proves else "", reason=text if given_up else "",
            approver=at.reader.addresses[rest[0]] if given_up else "", expires=expires,
        )  # fmt: skip
        actions.move(at.work, action, said, action.version)


@dataclass(frozen=True, slots=True)
class _Place:
    """A turn with what it is about."""

    work: UnitOfWork
    postmortem_id: str
    paper: Paper
    turn: Turn
    reader: Reader

    def stored(self) -> postmortems.Stored:
        """The postmortem as it is now."""
        return postmortems.get(self.work, self.postmortem_id)


_REST: Mapping[Deed, Callable[[Desk, _Place], None]] = {
    Deed.KEEP: Desk.keep,
    Deed.LEAVE: Desk.leave,
    Deed.WRITE: Desk.write,
    Deed.APPROVE: Desk.approve,
    Deed.REFUSE: Desk.refuse,
    Deed.COMMENT: Desk.comment,
    Deed.REPLY: Desk.reply,
    Deed.SETTLE: Desk.settle,
    Deed.SHARE: Desk.share,
    Deed.HAND: Desk.hand,
    Deed.DUE: Desk.due,
}


def _action(work: UnitOfWork, postmortem_id: str, local: str) -> actions.Action:
    return next(one for one in actions.of_source(work, postmortem_id) if one.local_id == local)


def _completed(said: Postmortem, stored: Postmortem) -> Postmortem:
    """What was written, with what the draft took from the record where nothing else is said."""
    impact = replace(
        said.impact, text=said.impact.text or stored.impact.text,
        affected_services=said.impact.affected_services or stored.impact.affected_services,
    )  # fmt: skip
    detection = replace(said.detection, how=said.detection.how or stored.detection.how)
    return replace(said, impact=impact, detection=detection)


def _sourced(events: Sequence[TimelineEvent], channel: str) -> list[TimelineEvent]:
    """Events of the record, each with the place in the channel where it can be read."""
    return [_with_source(event, channel) for event in events]


def _with_source(event: TimelineEvent, channel: str) -> TimelineEvent:
    if not channel or event.evidence or not isinstance(event.time, datetime):
        return event
    return replace(event, evidence=f"{channel}/{event.time.astimezone(UTC):%Y-%m-%dT%H:%M}")
