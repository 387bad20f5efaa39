"""A unit of work: one transaction, one moment, one viewer, and the news that travels up in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from kintsugi.kernel import audit, outbox
from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.clock import Clock
from kintsugi.kernel.database import Database
from kintsugi.kernel.ids import new_id
from kintsugi.kernel.live import Broadcaster, bump

Handler = Callable[["UnitOfWork", Any], None]
Panel = Callable[["UnitOfWork", str], Markup | None]
"""A part that a higher room puts on a lower room's page, about what the page is about; None: nothing to show."""


@dataclass(slots=True)
class UnitOfWork:
    """What a service works with. The door that opened it commits it; a service never does.

    `now` is taken once, so that all that one request writes carries one time.
    """

    connection: sa.Connection
    viewer: Viewer
    now: datetime
    handlers: Mapping[type, Sequence[Handler]] = field(default_factory=dict)
    slots: Mapping[str, Sequence[Panel]] = field(default_factory=dict)
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    at_end: dict[str, Callable[[UnitOfWork], None]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    hidden: Sequence[audit.Hidden] = ()
    incidents_hidden: Sequence[audit.Hidden] = ()

    def new_id(self, prefix: str) -> str:
        """An id for something made now."""
        return new_id(prefix, self.now)

    def publish(self, event: object) -> None:
        """Tell the rooms above, in this transaction; a handler that fails refuses the change."""
        for handler in self.handlers.get(type(event), ()):
            handler(self, event)

    def once_at_end(self, key: str, do: Callable[[UnitOfWork], None]) -> None:
        """Have something done right before this is committed: once, however often a key is named."""
        self.at_end.setdefault(key, do)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may be refused: an error that leaves the block takes back what the block did, and no more.

        For pages, which answer a refusal with the form as it was typed and so still read afterwards.
        """
        promised = len(self.after_commit)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self.after_commit[promised:]
            raise

    def panels(self, slot: str, about: str = "") -> list[Markup]:
        """What the rooms above put into a slot of a page that is about something (an id), in their order."""
        made = (panel(self, about) for panel in self.slots.get(slot, ()))
        return [markup for markup in made if markup is not None]

    def touch(self, *topics: str) -> None:
        """What these topics stand for changes with this commit; pages that follow them are told."""
        self.touched.update(topics)

    def later(
        self, kind: str, payload: Mapping[str, Any], *, key: str, at: datetime | None = None
    ) -> bool:
        """Have something done after this is committed, or at a moment; `payload` is what JSON can hold.

        False when a job with the key is there already: the same wish twice is one. A key whose job was
        cancelled can be used again.
        """
        return outbox.put(self.connection, self.now, kind, payload, at or self.now, key)

    def cancel_later(self, key: str) -> bool:
        """Take such a wish back; False when there is none still to be done."""
        return outbox.cancel(self.connection, self.now, key)

    def audit(self, action: str, target: str, **detail: Any) -> None:  # noqa: ANN401 - what JSON can hold
        """Write down who did this."""
        audit.record(self.connection, self.viewer, self.now, action, target, detail)


@dataclass(frozen=True, slots=True)
class Works:
    """Opens units of work on a database."""

    database: Database
    clock: Clock
    handlers: Mapping[type, Sequence[Handler]] = field(default_factory=dict)
    slots: Mapping[str, Sequence[Panel]] = field(default_factory=dict)
    live: Broadcaster = field(default_factory=Broadcaster)
    hidden: Sequence[audit.Hidden] = ()
    incidents_hidden: Sequence[audit.Hidden] = ()
    """Which incidents a viewer may not see, for the rooms below that hold what belongs to one."""

    @contextmanager
    def reading(self, viewer: Viewer) -> Iterator[UnitOfWork]:
        """A unit of work that only reads."""
        with self.database.reading() as connection:
            yield self._opened(connection, viewer)

    @contextmanager
    def writing(self, viewer: Viewer) -> Iterator[UnitOfWork]:
        """A unit of work that is committed when its block ends, and rolled back when an error leaves it."""
        with self.database.writing() as connection:
            work = self._opened(connection, viewer)
            yield work
            for do in list(work.at_end.values()):
                do(work)
            fresh = bump(connection, work.touched)
        self.live.tell(fresh)
        for told in work.after_commit:
            told()

    def _opened(self, connection: sa.Connection, viewer: Viewer) -> UnitOfWork:
        return UnitOfWork(
            connection, viewer, self.clock.now(), self.handlers, self.slots, hidden=self.hidden,
            incidents_hidden=self.incidents_hidden,
        )  # fmt: skip
