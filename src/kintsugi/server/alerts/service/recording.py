"""Bodies onto the disk, and then their events as alerts: what was answered is never lost, and is recorded once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from kintsugi.core.alerts.event import Happening
from kintsugi.kernel.clock import Clock
from kintsugi.kernel.observability import log
from kintsugi.server.alerts.service.backlog import Backlog
from kintsugi.server.alerts.service.counting import FLUSH_SECONDS, Counting
from kintsugi.server.alerts.service.delivery import Delivery, Echo, Message
from kintsugi.server.alerts.service.echoes import Echoes, echo_of
from kintsugi.server.alerts.service.folding import Folded, Folding, is_repeat
from kintsugi.server.alerts.service.knowledge import Knowledge
from kintsugi.server.alerts.service.known import KnownAlerts, says_the_same
from kintsugi.server.alerts.service.new_ids import NewIds
from kintsugi.server.alerts.service.reading import read_again
from kintsugi.server.alerts.service.tally import Tally
from kintsugi.server.alerts.store.recording import Failure, Recorder

RECORD_SECONDS = 0.1
"""How long bodies that were kept wait to be recorded, so that many are in one transaction."""
RECORD_EVENTS = 1000
"""So many events are recorded without waiting."""
SLICE = 600
"""Events that are recorded in one transaction: for as long nobody else can write."""
LATE_SECONDS = 1.0
"""So long senders that come and come go before what waits to be recorded; then they take turns."""
MOST_UNRECORDED = 20_000
"""Events that may wait to be recorded; with more, senders are asked to come again."""
RETRY_SECONDS = 1.0
TRIES = 5
UNFIT = "it holds what cannot be stored"
NOT_NOW = "the database cannot write now"
TOO_MUCH = "too much waits to be recorded"
_NO_TRIGGER = b"no trigger"

Said = list[tuple[bytes, bytes]]
"""What a delivery leaves of each of its alerts, by fingerprint."""


class Recording:
    """Keeps bodies, and records what they say. Used by one thread.

    1. `keep`: what only repeats an alert as it is known is counted, and nothing is written. Every other
    body is put on disk, all of a batch in one commit; then they may be answered. 2. `record`: the events
    of what was kept are folded against what is known of their alerts, and written in one commit that also
    takes their bodies off the list of those that wait. A process that is killed in between leaves them
    on the list, and the next one takes them over: whoever takes a body off the list records it.
    """

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        tally: Tally,
        news: Callable[[], None],
        echoes: Echoes,
        known: KnownAlerts,
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._tally = tally
        self._news = news
        self._echoes = echoes
        self._knowledge = Knowledge(recorder, known)
        self._counting = Counting(recorder, known)
        self._ids = NewIds()
        self._backlog = Backlog()
        self._not_before = float("-inf")
        self._is_refused = False

    def rest(self) -> None:
        """Give the connection back until there is more to do."""
        self._recorder.close()

    @property
    def seconds_left(self) -> float | None:
        """In how many seconds there is something to do; None when there is nothing."""
        found = self._counting.seconds_left
        due = self._record_at
        if due is None:
            return found
        left = max(0.0, due - time.monotonic())
        return left if found is None else min(left, found)

    @property
    def _record_at(self) -> float | None:
        """When something is to be recorded; None when there is nothing."""
        since = self._backlog.since
        if since is None:
            return None
        wait = 0.0 if self._backlog.events >= RECORD_EVENTS else RECORD_SECONDS
        return max(since + wait, self._not_before)

    def keep(self, batch: Sequence[Delivery]) -> None:
        """Put a batch on disk. Afterwards each of it may be answered; one with an error is not kept."""
        if self._backlog.events > MOST_UNRECORDED:
            self._refuse(batch, TOO_MUCH)
            return
        began, now = time.perf_counter(), self._clock.now()
        try:
            repeats, others = self._sorted(batch, now)
            fresh = [one for one, _ in others if one.body_id]
            if fresh:
                with self._recorder.writing():
                    self._keep_bodies(fresh)
        except Exception as error:  # noqa: BLE001 - the edge of the writer: every sender gets an answer
            self._failure(error)
            self._refuse(batch, NOT_NOW)
            return
        self._is_refused = False
        self._count(repeats)
        for one, said in others:
            if not one.problem:
                self._backlog.add(one, said)
        for source_id in {one.source.id for one in batch}:
            self._counting.hear(source_id, now)
        self._tally.counts.dead += sum(bool(one.problem) for one in fresh)
        if fresh:
            self._tally.seconds.observe(time.perf_counter() - began)
            self._tally.batches.observe(len(batch))

    def _refuse(self, batch: Sequence[Delivery], why: str) -> None:
        self._tally.counts.refused += len(batch)
        for one in batch:
            one.error = why

    def _sorted(
        self, batch: Sequence[Delivery], now: datetime
    ) -> tuple[list[Delivery], list[tuple[Delivery, Said]]]:
        """Those that only repeat what is recorded; the others, with what they leave. What is to be kept gets an id."""
        self._ids.begin(now)
        with self._recorder.reading():
            self._knowledge.look_for_others()
            if not self._recorder.is_alone:
                self._knowledge.learn(batch)
        repeats: list[Delivery] = []
        others: list[tuple[Delivery, Said]] = []
        last: dict[bytes, bytes] = {}
        for one in batch:
            one.at = now
            if one.echo and not self._is_echoed(one.echo, last):
                read_again(one)
            is_news, waits = (False, False) if one.echo else self._is_news(one, last, now)
            if not is_news and not waits:
                repeats.append(one)
                continue
            one.body_id = self._ids.text("bod") if is_news else ""
            said = [(message.fingerprint, _left(message, now)) for message in one.messages]
            last.update(said)
            others.append((one, said))
        return repeats, others

    def _is_echoed(self, echo: Echo, last: Mapping[bytes, bytes]) -> bool:
        """Whether a body that came before says nothing new this time either."""
        for fingerprint, content in echo.messages():
            record = self._knowledge.trusted(fingerprint)
            if record is None or not says_the_same(record, content):
                return False
            if fingerprint in last or self._backlog.left(fingerprint) is not None:
                return False
        return True

    def _is_news(
        self, one: Delivery, last: Mapping[bytes, bytes], now: datetime
    ) -> tuple[bool, bool]:
        """Whether a delivery says anything new, and whether what it repeats is still to be recorded."""
        is_news, waits = bool(one.problem or one.changes), False
        for message in one.messages:
            before = last.get(message.fingerprint) or self._backlog.left(message.fingerprint)
            if before is not None:
                waits = True
                is_news = is_news or before != _left(message, now)
            elif not is_news:
                record = self._knowledge.trusted(message.fingerprint)
                is_news = record is None or not is_repeat(record, message, now)
        return is_news, waits

    def _keep_bodies(self, fresh: Sequence[Delivery]) -> None:
        stored = self._recorder.stored
        self._recorder.insert_bodies(
            [
                (
                    one.body_id, one.source.id, stored(one.at), one.headers, one.body,
                    "dead" if one.problem else "read", one.problem,
                )
                for one in fresh
            ]
        )  # fmt: skip
        self._recorder.insert_waiting([(one.body_id,) for one in fresh if not one.problem])

    def _count(self, repeats: Sequence[Delivery]) -> None:
        """Count what only repeats what is recorded, and remember it: it may well come again."""
        count = self._knowledge.alerts.count
        for one in repeats:
            if one.echo:
                for fingerprint, _ in one.echo.messages():
                    count(fingerprint)
            else:
                for message in one.messages:
                    count(message.fingerprint, message.event.ends_at)
                echo = echo_of(one) if one.name else None
                if echo is not None:
                    self._echoes.put(one.name, echo)
            self._tally.counts.repeated += one.count
        if repeats:
            self._counting.wait(FLUSH_SECONDS)

    def take_over(self, left: Sequence[Delivery]) -> bool:
        """Record bodies that a process left behind. Whether it could."""
        for one in left:
            if not self._backlog.has(one.body_id):
                self._backlog.add(one)
        return self._record_all()

    def work(self, *, is_idle: bool) -> None:
        """Do what is due by now. While senders wait, they go first, as long as nothing is late."""
        due = self._record_at
        if due is not None:
            late = time.monotonic() - due
            if late >= LATE_SECONDS or (is_idle and late >= 0):
                self.record()
        if self._counting.seconds_left == 0:
            self._flush()

    def finish(self) -> None:
        """Record and write all there is, unless the database refuses. What was kept is not lost then."""
        self._record_all()
        while self._counting.seconds_left is not None and self._flush():
            pass
        self._recorder.close()

    def _record_all(self) -> bool:
        while len(self._backlog):
            if not self.record():
                return False
        return True

    def record(self) -> bool:
        """Record some of what was kept, the oldest first; False when the database refuses, and it is tried again.

        What never can be recorded becomes a dead letter.
        """
        some = self._backlog.first(SLICE)
        failure = self._attempt(some)
        if failure is Failure.UNFIT:
            return all(self._record_alone(one) for one in some)
        if failure is not None:
            self._not_before = time.monotonic() + RETRY_SECONDS
            return False
        self._backlog.remove(len(some))
        return True

    def _record_alone(self, one: Delivery) -> bool:
        """Record the oldest, or bury it."""
        failure = self._attempt([one])
        if failure is Failure.REFUSED or (failure is not None and not self._bury(one)):
            self._not_before = time.monotonic() + RETRY_SECONDS
            return False
        self._backlog.remove(1)
        return True

    def _attempt(self, batch: Sequence[Delivery]) -> Failure | None:
        """Record a batch, again when another writer came first. Why it could not be done; None when it was."""
        for _ in range(TRIES):
            try:
                if batch:
                    self._record(batch)
            except Exception as error:  # noqa: BLE001 - the edge of the writer: one batch never ends it
                failure = self._failure(error)
                if failure is not Failure.RACED:
                    return failure
            else:
                return None
        return Failure.REFUSED

    def _record(self, batch: Sequence[Delivery]) -> None:
        self._ids.begin(self._clock.now())
        with self._recorder.writing():
            self._knowledge.look_for_others()
            self._knowledge.learn(batch, locks=True)
            mine = self._recorder.claim([one.body_id for one in batch if one.body_id])
            folding = Folding(
                self._knowledge.alerts.get, self._ids, self._knowledge.epoch, self._recorder.stored
            )
            for one in batch:
                if one.problem and one.body_id in mine:
                    self._recorder.bury_bodies([(one.problem, one.body_id)])
                elif not one.body_id or one.body_id in mine:
                    folding.take(one)
            self._write(folding.made)
            mark = self._recorder.mark()
        self._knowledge.now_at(mark)
        self._remember(folding.made)

    def _write(self, made: Folded) -> None:
        recorder = self._recorder
        for each in made.rounds:
            recorder.insert_alerts(each.alerts)
            recorder.change_alerts(each.changed)
            recorder.acknowledge_alerts(each.acknowledged)
            recorder.resolve_alerts(each.resolved)
        recorder.insert_events(made.events)
        recorder.insert_changes(made.changes)

    def _remember(self, made: Folded) -> None:
        """What was committed is known from now on."""
        alerts = self._knowledge.alerts
        for replaced in made.replaced:
            alerts.set_aside(replaced)
        for fingerprint, record in made.records.items():
            alerts.put(fingerprint, record)
        self._tally.counts.add(made.counts)
        self._tally.folded.observe(len(made.events))
        self._counting.wait(FLUSH_SECONDS)
        self._is_refused = False
        if made.events:
            self._news()

    def _bury(self, delivery: Delivery) -> bool:
        """Make a dead letter of a body that holds what cannot be stored. Whether that could be done."""
        try:
            with self._recorder.writing():
                if delivery.body_id in self._recorder.claim([delivery.body_id]):
                    self._recorder.bury_bodies([(UNFIT, delivery.body_id)])
                    self._tally.counts.dead += 1
        except Exception as error:  # noqa: BLE001 - as above
            self._failure(error)
            return False
        return True

    def _flush(self) -> bool:
        try:
            self._counting.flush(self._clock.now())
        except Exception as error:  # noqa: BLE001 - counts wait for better times, deliveries go on
            self._failure(error)
            return False
        return True

    def _failure(self, error: Exception) -> Failure:
        """What an error means. One that lasts is logged once, until something is written again."""
        failure = self._recorder.failure(error)
        self._knowledge.distrust()
        if failure is Failure.RACED:
            return failure
        self._recorder.close()
        if failure is None or failure is Failure.UNFIT:
            log.exception("intake met what it cannot record", exc_info=error)
            return Failure.UNFIT
        if not self._is_refused:
            log.warning("the database refuses intake", error=type(error).__name__)
        self._is_refused = True
        return failure


def _left(message: Message, now: datetime) -> bytes:
    """What a message leaves of its alert until it is recorded: what it says if it triggers it, else no trigger."""
    event = message.event
    if event.happening is not Happening.TRIGGER or (event.ends_at and event.ends_at <= now):
        return _NO_TRIGGER
    return message.content
