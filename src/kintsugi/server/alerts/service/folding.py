"""What a batch of deliveries makes of the alerts: rows to write, in rounds, and what is known afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

import msgspec

from kintsugi.core.alerts.event import AlertEvent, AlertLink, AlertState, ChangeEvent, Happening
from kintsugi.core.alerts.lifecycle import Ending, Known, Step, next_step
from kintsugi.core.alerts.severity_mapping import severity_of
from kintsugi.core.shared.severity import Severity
from kintsugi.server.alerts.service.delivery import NEVER, Delivery, Message
from kintsugi.server.alerts.service.known import (
    ALERT,
    Record,
    counted,
    fresh_record,
    known_of,
    pending_of,
    record_of,
    says_the_same,
)
from kintsugi.server.alerts.service.new_ids import NewIds
from kintsugi.server.alerts.service.tally import Counts
from kintsugi.server.alerts.source import Source

Row = tuple[object, ...]
Stored = Callable[[datetime | None], object]
"""A moment as the database at hand takes it."""

_json = msgspec.json.Encoder().encode
_RESOLVED, _FIRING = AlertState.RESOLVED.value, AlertState.FIRING.value


@dataclass(slots=True)
class Round:
    """Rows that can be written in one go: inserts, then each kind of update. No alert ends and begins again in one."""

    alerts: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    acknowledged: list[Row] = field(default_factory=list)
    resolved: list[Row] = field(default_factory=list)
    touched: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class Folded:
    """A batch, folded: what to write, and the records as they are once it is written."""

    rounds: list[Round] = field(default_factory=lambda: [Round()])
    events: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    records: dict[bytes, Record] = field(default_factory=dict)
    replaced: list[Record] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def is_repeat(record: Record, message: Message, now: datetime) -> bool:
    """The commonest answer of `next_step`, without its words: an open alert is told of again, unchanged.

    A test holds it against `next_step`.
    """
    event = message.event
    return (
        event.happening is Happening.TRIGGER
        and says_the_same(record, message.content)
        and (event.ends_at is None or event.ends_at > now)
    )


class Folding:
    """Folds deliveries in their order. `known` has the record of every fingerprint of theirs that there is."""

    def __init__(
        self, known: Callable[[bytes], Record | None], ids: NewIds, epoch: int, stored: Stored
    ) -> None:
        self._known = known
        self._ids = ids
        self._epoch = epoch
        self._stored = _remembering(stored)
        self._now = NEVER
        self._stored_now: object = None
        self.made = Folded()
        self._round = self.made.rounds[0]

    def take(self, delivery: Delivery) -> None:
        """One more delivery: its events and its changes, as of when it came."""
        if delivery.at is not self._now:
            self._now, self._stored_now = delivery.at, self._stored(delivery.at)
        counts, source = self.made.counts, delivery.source
        for message in delivery.messages:
            step = self._step(message, source, delivery.body_id)
            if step is Step.NEW or step is Step.EARLY:
                counts.new += 1
            elif step is Step.REPEAT:
                counts.repeated += 1
            elif step is Step.STALE:
                counts.late += 1
            else:
                counts.changed += 1
        for change in delivery.changes:
            self.made.changes.append(self._change(change, source))
            counts.changes += 1

    def _step(self, message: Message, source: Source, body_id: str) -> Step:
        """What the message does, and the rows and the record that come of it."""
        fingerprint, event, records = message.fingerprint, message.event, self.made.records
        record = records.get(fingerprint) or self._known(fingerprint)
        if record is not None and is_repeat(record, message, self._now):
            records[fingerprint] = counted(record, event.ends_at)
            return Step.REPEAT
        known = None if record is None else known_of(record)
        step = next_step(known, event, message.content_text, self._now)
        if step is Step.STALE:
            return step
        if record is None or known is None or step is Step.NEW or step is Step.EARLY:
            if record is not None:
                self.made.replaced.append(record)
            records[fingerprint] = self._insert(step, message, source, body_id)
        elif step is Step.REPEAT:
            records[fingerprint] = counted(record, event.ends_at)
        else:
            pending = pending_of(record)
            events = 1 + (pending.events if pending else 0)
            records[fingerprint] = self._update(step, known, events, message, source)
        return step

    def _insert(self, step: Step, message: Message, source: Source, body_id: str) -> Record:
        """The row of a new alert: an open one, or one whose end was told before its beginning."""
        event, stored, now = message.event, self._stored, self._stored_now
        number, is_over = self._ids.number(), step is Step.EARLY
        name = f"{number:032x}"
        alert_id = f"{ALERT}_{name}"
        severity = severity_of(event.severity_word, source.severities)
        if message.fingerprint in self._round.touched:
            self._round = Round()
            self.made.rounds.append(self._round)
        self._round.touched.add(message.fingerprint)
        self._round.alerts.append(
            (
                alert_id, source.id, message.fingerprint_text, event.key,
                _RESOLVED if is_over else _FIRING, *self._said(event, severity, source),
                message.content_text, stored(event.starts_at), stored(event.ends_at), now, now,
                now if is_over else None, Ending.SENDER.value if is_over else "", body_id or None,
            )
        )  # fmt: skip
        # Its first event has its number: one less to make, thousands of times a second.
        self.made.events.append(
            (f"aev_{name}", alert_id, "resolved" if is_over else "triggered", now, source.name)
        )
        if not is_over:
            times = (event.starts_at, self._now, event.ends_at)
            return fresh_record(message.content, number, severity, times, self._epoch)
        known = Known(
            alert_id, AlertState.RESOLVED, message.content_text, severity, event.starts_at,
            event.ends_at, self._now, self._now,
        )  # fmt: skip
        return record_of(known, self._epoch)

    def _update(
        self, step: Step, known: Known, events: int, message: Message, source: Source
    ) -> Record:
        """The row of a change of an open alert: what it says, or where it is."""
        event, now, made = message.event, self._stored_now, self._round
        made.touched.add(message.fingerprint)
        if step is Step.CHANGED:
            severity = severity_of(event.severity_word, source.severities)
            ends_at = event.ends_at or known.ends_at
            made.changed.append(
                (
                    *self._said(event, severity, source), message.content_text,
                    self._stored(ends_at), now, events, known.alert_id,
                )
            )  # fmt: skip
            after = replace(known, content=message.content_text, severity=severity, ends_at=ends_at)
        elif step is Step.ACKNOWLEDGED:
            made.acknowledged.append((now, now, events, known.alert_id))
            after = replace(known, state=AlertState.ACKNOWLEDGED)
        else:
            made.resolved.append(
                (now, self._stored(event.ends_at), Ending.SENDER.value, now, events, known.alert_id)
            )
            after = replace(
                known, state=AlertState.RESOLVED, ends_at=event.ends_at, resolved_at=self._now,
                ending=Ending.SENDER,
            )  # fmt: skip
        self.made.events.append(
            (self._ids.text("aev"), known.alert_id, step.value, now, source.name)
        )
        return record_of(after, self._epoch)

    def _said(self, event: AlertEvent, severity: Severity | None, source: Source) -> Row:
        """What the sender says of the alert, in the order of its columns."""
        return (
            severity.value if severity else None, event.title, event.description,
            event.service or source.service, event.rule, _written(event.labels),
            _written(event.annotations), _written(event.values), _links(event.links),
            event.runbook_url,
        )  # fmt: skip

    def _change(self, change: ChangeEvent, source: Source) -> Row:
        return (
            self._ids.text("chg"), source.id, self._stored(change.at or self._now),
            self._stored_now, change.summary, change.source, _json(change.services).decode(),
            _links(change.links), _written(change.details),
        )  # fmt: skip


def _remembering(stored: Stored) -> Stored:
    """The same, for the few times that the many alerts of a batch share."""
    made: dict[datetime | None, object] = {}

    def remembered(at: datetime | None) -> object:
        found = made.get(at)
        if found is None:
            found = made[at] = stored(at)
        return found

    return remembered


def _written(texts: Mapping[str, str]) -> str:
    return _json(texts).decode() if texts else "{}"


@lru_cache(maxsize=1024)
def _links(links: tuple[AlertLink, ...]) -> str:
    return _json([(link.url, link.text) for link in links]).decode() if links else "[]"
