"""A unit of work: one transaction, one moment, one viewer, and the news that travels up in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.kernel import audit
from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.clock import Clock
from kintsugi.kernel.database import Database
from kintsugi.kernel.ids import new_id

Handler = Callable[["UnitOfWork", Any], None]


@dataclass(slots=True)
class UnitOfWork:
    """What a service works with. The door that opened it commits it; a service never does.

    `now` is taken once, so that all that one request writes carries one time.
    """

    connection: sa.Connection
    viewer: Viewer
    now: datetime
    handlers: Mapping[type, Sequence[Handler]] = field(default_factory=dict)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def new_id(self, prefix: str) -> str:
        """An id for something made now."""
        return new_id(prefix, self.now)

    def publish(self, event: object) -> None:
        """Tell the rooms above, in this transaction; a handler that fails refuses the change."""
        for handler in self.handlers.get(type(event), ()):
            handler(self, event)

    def audit(self, action: str, target: str, **detail: Any) -> None:  # noqa: ANN401 - what JSON can hold
        """Write down who did this."""
        audit.record(self.connection, self.viewer, self.now, action, target, detail)


@dataclass(frozen=True, slots=True)
class Works:
    """Opens units of work on a database."""

    database: Database
    clock: Clock
    handlers: Mapping[type, Sequence[Handler]] = field(default_factory=dict)

    @contextmanager
    def reading(self, viewer: Viewer) -> Iterator[UnitOfWork]:
        """A unit of work that only reads."""
        with self.database.reading() as connection:
            yield UnitOfWork(connection, viewer, self.clock.now(), self.handlers)

    @contextmanager
    def writing(self, viewer: Viewer) -> Iterator[UnitOfWork]:
        """A unit of work that is committed when its block ends, and rolled back when an error leaves it."""
        with self.database.writing() as connection:
            work = UnitOfWork(connection, viewer, self.clock.now(), self.handlers)
            yield work
        for told in work.after_commit:
            told()
