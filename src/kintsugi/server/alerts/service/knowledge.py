"""What is known of alerts, and whether memory may be believed: it may while nobody else has written."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.known import (
    MOST_EPOCHS,
    KnownAlerts,
    Record,
    epoch_of,
    record_of,
)
from kintsugi.server.alerts.store.recording import Recorder


class Knowledge:
    """Memory of alerts, held against the database's mark. Used by one thread.

    On SQLite the mark tells whether anybody else has changed an alert since; a record that was read before
    is then read again when it is needed next. On PostgreSQL, where other nodes write at any time, every
    question is a new one.
    """

    def __init__(self, recorder: Recorder, alerts: KnownAlerts) -> None:
        self.alerts = alerts
        self.epoch = 0
        self._recorder = recorder
        self._mark: object = None

    def trusted(self, fingerprint: bytes) -> Record | None:
        """The record of an alert, if memory has it and may be believed."""
        record = self.alerts.get(fingerprint)
        return record if record is not None and epoch_of(record) == self.epoch else None

    def look_for_others(self) -> None:
        """Find out whether somebody else has written; then nothing that was read before is believed."""
        mark = self._recorder.mark()
        if mark != self._mark or not self._recorder.is_alone:
            self.distrust()
            self._mark = mark

    def distrust(self) -> None:
        """Believe nothing that was read before."""
        self.epoch += 1
        if self.epoch > MOST_EPOCHS:
            self.alerts.forget()
            self.epoch = 0

    def now_at(self, mark: object) -> None:
        """What we ourselves have written is known: the mark stands here now."""
        self._mark = mark

    def learn(self, batch: Sequence[Delivery], *, locks: bool = False) -> None:
        """Read what is known of the alerts of a batch, as far as memory cannot tell."""
        asked: dict[str, tuple[bytes, Record | None]] = {}
        for one in batch:
            for fingerprint, name in one.fingerprints():
                record = self.alerts.get(fingerprint)
                if record is None or epoch_of(record) != self.epoch:
                    asked[name] = (fingerprint, record)
        found = self._recorder.known(asked, locks=locks) if asked else {}
        for name, (fingerprint, record) in asked.items():
            if name in found:
                self.alerts.renew(fingerprint, record_of(found[name], self.epoch))
            elif record is not None:
                self.alerts.drop(fingerprint)
