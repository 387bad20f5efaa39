"""What would become of a message, step by step, by the functions that decide it; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kintsugi.core.alerts import explain as words
from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.decision import Decision, Policy, Subject, decide
from kintsugi.core.alerts.event import AlertEvent, ChangeEvent
from kintsugi.core.alerts.explain import Explained
from kintsugi.core.alerts.flapping import FLAPPING
from kintsugi.core.alerts.lifecycle import Step, next_step
from kintsugi.core.alerts.quality import AlertQuality, quality_of
from kintsugi.core.alerts.severity_mapping import severity_of
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, either
from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.service import source_editing, sources
from kintsugi.server.alerts.service.delivery import Delivery, Message
from kintsugi.server.alerts.service.folding import Folding
from kintsugi.server.alerts.service.known import Record, known_of, record_of
from kintsugi.server.alerts.service.new_ids import NewIds
from kintsugi.server.alerts.service.policy import policy_now
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.store import inbox
from kintsugi.server.alerts.store.recording import recorder_within

MOST_EXPLAINED = 50
NOT_A_SOURCE = "src_none"
_EPOCH = 0
_DECIDED_ON = frozenset({Step.NEW, Step.EARLY, Step.CHANGED})


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """One event of a message: why it does what it does; `decision` is None where nothing is decided anew."""

    event: AlertEvent
    fingerprint: str
    step: Step
    quality: AlertQuality
    decision: Decision | None
    steps: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a message says, and what would become of it now.

    `problem` says why it could not be decoded. `left` counts events that are not explained, as there are so many.
    """

    format: str
    source: str
    notes: tuple[str, ...] = ()
    problem: str = ""
    events: tuple[ExplainedEvent, ...] = ()
    changes: tuple[ChangeEvent, ...] = ()
    left: int = 0


def explain(
    work: UnitOfWork,
    body: bytes,
    *,
    format_name: str = "",
    source_name: str = "",
    headers: Mapping[str, str] | None = None,
    mapping: Mapping[str, object] | None = None,
) -> Explanation:
    """What would become of a body now, from a source or, in a format, from one there is not.

    `mapping` is tried instead of the source's own. Raises InvalidValue, NotFound for a source there is not.
    """
    source = _source(work, format_name, source_name, mapping)
    shape = FORMATS[source.format]
    told = Explanation(source.format, source.name)
    plain = {name.casefold(): value for name, value in (headers or {}).items()}
    try:
        found = shape.decode(body, plain, source.mapping)
    except Undecodable as error:
        return replace(told, problem=str(error))
    messages = Delivery(source, "", body, found.events[:MOST_EXPLAINED]).messages
    return replace(
        told, notes=found.notes, changes=found.changes,
        events=_explained(work, source, messages),
        left=max(0, len(found.events) - MOST_EXPLAINED),
    )  # fmt: skip


def explain_alert(work: UnitOfWork, alert: Alert) -> Decision:
    """What would be made of an alert now, as it stands; its steps say why."""
    starts = _starts(work, [alert.fingerprint]).get(alert.fingerprint, [])
    return decide(
        Subject(
            alert.labels, alert.title, alert.rule, alert.service, alert.severity, alert.source_id,
            alert.source, alert.source_kind, tuple(starts), is_open=alert.state.is_open,
        ),
        policy_now(work),
        work.now,
    )  # fmt: skip


def why(work: UnitOfWork, alert: Alert) -> tuple[Explained, ...]:
    """The steps of what would be made of an alert now."""
    return explain_alert(work, alert).steps


def _explained(
    work: UnitOfWork, source: Source, messages: Sequence[Message]
) -> tuple[ExplainedEvent, ...]:
    """Each event in its order; one that is told of twice is known the second time, as in the writer."""
    known = _known(work, messages)
    starts = _starts(work, [message.fingerprint.hex() for message in messages])
    policy, ids = policy_now(work), NewIds()
    ids.begin(work.now)
    folding = Folding(known.get, ids, _EPOCH, lambda at: at)
    found = []
    for message in messages:
        record = folding.made.records.get(message.fingerprint) or known.get(message.fingerprint)
        before = known_of(record) if record is not None else None
        step = next_step(before, message.event, message.content.hex(), work.now)
        name = message.fingerprint.hex()
        if step is Step.NEW:
            starts.setdefault(name, []).append(work.now)
        told = words.message(message.event, name, before, step)
        decision = None
        if step in _DECIDED_ON:
            decision = _decision(
                source, message.event, step, starts.get(name, []), policy, work.now
            )
        steps = (told, *(decision.steps if decision is not None else ()))
        quality = quality_of(_with_service(message.event, source), source.format)
        found.append(ExplainedEvent(message.event, name, step, quality, decision, steps))
        folding.take(Delivery(source, "", b"", [message.event], at=work.now))
    return tuple(found)


def _decision(
    source: Source,
    event: AlertEvent,
    step: Step,
    starts: Sequence[datetime],
    policy: Policy,
    now: datetime,
) -> Decision:
    subject = Subject(
        labels=event.labels, title=event.title, rule=event.rule,
        service=event.service or source.service,
        severity=severity_of(event.severity_word, source.severities), source_id=source.id,
        source=source.name, kind=source.kind, starts=tuple(starts),
        severity_word=event.severity_word, is_open=step is not Step.EARLY,
    )  # fmt: skip
    return decide(subject, policy, now)


def _with_service(event: AlertEvent, source: Source) -> AlertEvent:
    return event if event.service else replace(event, service=source.service)


def _known(work: UnitOfWork, messages: Sequence[Message]) -> dict[bytes, Record]:
    """What intake knows of the alerts, as far as the viewer sees them."""
    names = {message.fingerprint.hex(): message.fingerprint for message in messages}
    if not names:
        return {}
    found = recorder_within(work.connection).known(names)
    ids = [one.alert_id for one in found.values()]
    seen = {
        alert.id for alert in inbox.of_ids(work.connection, work.viewer, work.incidents_hidden, ids)
    }
    return {
        names[name]: record_of(one, _EPOCH) for name, one in found.items() if one.alert_id in seen
    }


def _starts(work: UnitOfWork, fingerprints: Sequence[str]) -> dict[str, list[datetime]]:
    """When the episodes that the viewer sees began lately."""
    return inbox.starts_seen(
        work.connection, work.viewer, work.incidents_hidden, sorted(set(fingerprints)),
        work.now - FLAPPING.within,
    )  # fmt: skip


def _source(
    work: UnitOfWork, format_name: str, source_name: str, mapping: Mapping[str, object] | None
) -> Source:
    if source_name:
        source = source_editing.get_source(work, source_name)
    else:
        shape = FORMATS.get(format_name)
        if shape is None:
            raise InvalidValue(
                f"{clean(format_name)[:60]!r} is none" if format_name else "is missing",
                path=("format",), expected=f"the name of a source, or a format: {either(list(FORMATS))}",
            )  # fmt: skip
        source = Source(
            NOT_A_SOURCE, f"a source of {shape.title}", shape.name, shape.kind.value, "", work.now,
            work.now,
        )  # fmt: skip
    if mapping is None:
        return source
    return sources.checked(replace(source, mapping=mapping))
