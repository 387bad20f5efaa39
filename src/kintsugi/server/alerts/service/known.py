"""What intake keeps in memory of alerts, so that a repeat needs no look into the database: small, and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import NamedTuple

from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.lifecycle import Ending, Known
from kintsugi.core.shared.severity import Severity

GENERATION = 110_000
"""Alerts in each of two generations: an alert that nobody tells of while the younger fills up is forgotten."""

ALERT = "alr"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEAD = Struct("<8s16sBBBqqq")
_TAIL = Struct("<qIH")
_SPLIT = _HEAD.size
_STATES = tuple(AlertState)
_ENDINGS = tuple(Ending)
_FIRING, _ACKNOWLEDGED, _RESOLVED = range(3)
_STATE_AT = 24
MOST_EPOCHS = 0xFFFF
_MOST_PENDING = 0xFFFF_FFFF

Record = bytes
"""One alert in 69 bytes: what it says, its id, its state, its times, the repeats that are not written yet,
and the epoch in which it was read. Plain bytes, so that the garbage collector never walks through them."""


class Pending(NamedTuple):
    """Repeats of an alert that are counted and not written; `ends_at` as its sender last said."""

    alert_id: str
    events: int
    ends_at: datetime | None


def record_of(known: Known, epoch: int) -> Record:
    """What is known of an alert, packed; nothing pending."""
    head = _HEAD.pack(
        bytes.fromhex(known.content), bytes.fromhex(known.alert_id[4:]), _STATES.index(known.state),
        known.severity.value if known.severity else 0, _ENDINGS.index(known.ending),
        _micros(known.starts_at), _micros(known.raised_at), _micros(known.resolved_at),
    )  # fmt: skip
    return head + _TAIL.pack(_micros(known.ends_at), 0, epoch)


def fresh_record(
    content: bytes,
    alert_id: int,
    severity: Severity | None,
    times: tuple[datetime | None, datetime, datetime | None],
    epoch: int,
) -> Record:
    """An alert that begins to fire; `times`: when it starts as its sender says, when it is raised, its end."""
    starts_at, raised_at, ends_at = times
    head = _HEAD.pack(
        content, alert_id.to_bytes(16), _FIRING, severity.value if severity else 0, 0,
        _micros(starts_at), _micros(raised_at), 0,
    )  # fmt: skip
    return head + _TAIL.pack(_micros(ends_at), 0, epoch)


def known_of(record: Record) -> Known:
    """What a record holds."""
    content, alert_id, state, severity, ending, starts, raised, resolved = _HEAD.unpack_from(record)
    ends, _, _ = _TAIL.unpack_from(record, _SPLIT)
    return Known(
        alert_id=f"{ALERT}_{alert_id.hex()}", state=_STATES[state], content=content.hex(),
        severity=Severity(severity) if severity else None, starts_at=_moment(starts),
        ends_at=_moment(ends), raised_at=_moment(raised) or _EPOCH, resolved_at=_moment(resolved),
        ending=_ENDINGS[ending],
    )  # fmt: skip


def says_the_same(record: Record, content: bytes) -> bool:
    """Whether the alert is open and says this: what a trigger of it that has not ended repeats."""
    return record[:8] == content and record[_STATE_AT] != _RESOLVED


def epoch_of(record: Record) -> int:
    """The epoch in which it was read or written."""
    return record[-2] | record[-1] << 8


def counted(record: Record, ends_at: datetime | None = None) -> Record:
    """The record after one more repeat; an end that the sender moved on is kept."""
    ends, pending, epoch = _TAIL.unpack_from(record, _SPLIT)
    if ends_at is not None:
        ends = _micros(ends_at)
    return record[:_SPLIT] + _TAIL.pack(ends, min(pending + 1, _MOST_PENDING), epoch)


def pending_of(record: Record) -> Pending | None:
    """What is counted in a record and not written; None for nothing."""
    ends, pending, _ = _TAIL.unpack_from(record, _SPLIT)
    if not pending:
        return None
    return Pending(f"{ALERT}_{record[8:24].hex()}", pending, _moment(ends))


def with_count(record: Record, before: Record) -> Record:
    """A record as it was read now, with what was counted in the one before, of the same alert."""
    ends, _, epoch = _TAIL.unpack_from(record, _SPLIT)
    older, pending, _ = _TAIL.unpack_from(before, _SPLIT)
    if pending and record[_STATE_AT] != _RESOLVED:
        ends = max(ends, older)
    return record[:_SPLIT] + _TAIL.pack(ends, pending, epoch)


def written(record: Record) -> Record:
    """The record once what was counted in it is written."""
    ends, _, epoch = _TAIL.unpack_from(record, _SPLIT)
    return record[:_SPLIT] + _TAIL.pack(ends, 0, epoch)


class KnownAlerts:
    """The alerts that were told of lately, by fingerprint, in two generations. Used by one thread."""

    def __init__(self, generation: int = GENERATION) -> None:
        self._most = generation
        self._young: dict[bytes, Record] = {}
        self._old: dict[bytes, Record] = {}
        self.left: list[Pending] = []

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, fingerprint: bytes) -> Record | None:
        """The record; one of the older generation comes to the younger."""
        found = self._young.get(fingerprint)
        if found is None:
            found = self._old.pop(fingerprint, None)
            if found is not None:
                self.put(fingerprint, found)
        return found

    def put(self, fingerprint: bytes, record: Record) -> None:
        """Keep a record; when the younger generation is full, it becomes the older one."""
        if len(self._young) >= self._most and fingerprint not in self._young:
            self._leave(self._old)
            self._old, self._young = self._young, {}
        self._young[fingerprint] = record
        if self._old:
            self._old.pop(fingerprint, None)

    def count(self, fingerprint: bytes, ends_at: datetime | None = None) -> None:
        """One more repeat of an alert that is known."""
        record = self.get(fingerprint)
        if record is not None:
            self.put(fingerprint, counted(record, ends_at))

    def renew(self, fingerprint: bytes, record: Record) -> None:
        """Keep a record that was read now; what is counted and not written stays counted."""
        before = self.get(fingerprint)
        if before is not None:
            if before[8:24] == record[8:24]:
                record = with_count(record, before)
            else:
                self.set_aside(before)
        self.put(fingerprint, record)

    def drop(self, fingerprint: bytes) -> None:
        """Forget an alert that is no longer there."""
        self._young.pop(fingerprint, None)
        self._old.pop(fingerprint, None)

    def set_aside(self, record: Record) -> None:
        """Remember to write what is counted in a record that another takes the place of."""
        found = pending_of(record)
        if found is not None:
            self.left.append(found)

    def forget(self) -> None:
        """Keep nothing but the counts that are not written."""
        for generation in (self._young, self._old):
            self._leave(generation)
            generation.clear()

    def unwritten(self) -> list[bytes]:
        """The fingerprints of alerts with counts to be written."""
        return [
            fingerprint
            for generation in (self._young, self._old)
            for fingerprint, record in generation.items()
            if pending_of(record) is not None
        ]

    def _leave(self, generation: Mapping[bytes, Record]) -> None:
        for record in generation.values():
            self.set_aside(record)


def _micros(at: datetime | None) -> int:
    if at is None:
        return 0
    since = at - _EPOCH
    return since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds


def _moment(micros: int) -> datetime | None:
    return _EPOCH + timedelta(microseconds=micros) if micros else None
