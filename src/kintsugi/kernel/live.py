"""What changed, for pages that follow: topics with a version, and whoever waits for the next one.

A topic is a short text such as `incident:<id>`. A unit of work that changes what the topic stands for
touches it; the version goes up in the same transaction. Readers of this process hear of it right after the
commit, readers of other processes at their next look into the table.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
import structlog

from kintsugi.kernel.database import Database, insert_into, metadata

LOOK_SECONDS = 0.5
"""How often the table is looked into for what other processes wrote, while somebody follows."""
_AT_ONCE = 500

log = structlog.get_logger("kintsugi")

live_topics = sa.Table(
    "live_topics",
    metadata,
    sa.Column("topic", sa.String(128), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)


def bump(connection: sa.Connection, topics: Iterable[str]) -> dict[str, int]:
    """Each topic's next version. Taken in one order, so that two writers never wait for each other."""
    fresh: dict[str, int] = {}
    for topic in sorted(topics):
        statement = insert_into(connection, live_topics).values(topic=topic, version=1)
        counted = statement.on_conflict_do_update(
            index_elements=["topic"], set_={"version": live_topics.c.version + 1}
        ).returning(live_topics.c.version)
        fresh[topic] = int(connection.execute(counted).scalar_one())
    return fresh


def versions(connection: sa.Connection, topics: Iterable[str]) -> dict[str, int]:
    """The version of each topic; 0 for one that was never touched."""
    asked = sorted(set(topics))
    found = dict.fromkeys(asked, 0)
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        query = sa.select(live_topics).where(live_topics.c.topic.in_(some))
        found |= {row.topic: row.version for row in connection.execute(query)}
    return found


class Subscription:
    """One reader's view of the topics they follow; lives on the event loop that made it."""

    def __init__(self, topics: Iterable[str], loop: asyncio.AbstractEventLoop) -> None:
        self.versions = dict.fromkeys(topics, 0)
        self._loop = loop
        self._news = asyncio.Event()

    def hear(self, fresh: Mapping[str, int]) -> bool:
        """Take newer versions in, from any thread; nothing newer wakes nobody. False when its loop has ended."""
        try:
            self._loop.call_soon_threadsafe(self._take, fresh)
        except RuntimeError:
            return False
        return True

    def wake(self) -> bool:
        """Look up, whatever there is; from any thread."""
        return self.hear({"": 0})

    def _take(self, fresh: Mapping[str, int]) -> None:
        newer = {
            topic: version
            for topic, version in fresh.items()
            if topic in self.versions and version > self.versions[topic]
        }
        self.versions |= newer
        if newer or "" in fresh:
            self._news.set()

    async def wait(self, seconds: float) -> bool:
        """Whether there was news before the seconds were over."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return False
        self._news.clear()
        return True


class Broadcaster:
    """Tells every reader of this process. One for each process; holds no connection while nobody follows."""

    def __init__(self) -> None:
        # Reentrant: `close` is called by a signal, which may find this very thread inside.
        self._lock = threading.RLock()
        self._readers: set[Subscription] = set()
        self._looking: threading.Thread | None = None
        self._closed = threading.Event()

    @property
    def is_closed(self) -> bool:
        """Whether the process stops, so that every stream has to end."""
        return self._closed.is_set()

    @property
    def readers(self) -> int:
        """How many follow something now."""
        return len(self._readers)

    def subscribe(self, database: Database, topics: Iterable[str]) -> Subscription:
        """Follow topics from the running event loop until `leave`."""
        made = Subscription(topics, asyncio.get_running_loop())
        with self._lock:
            self._readers.add(made)
            if self._looking is None and not self.is_closed:
                self._looking = threading.Thread(
                    target=self._look, args=(database,), name="live", daemon=True
                )
                self._looking.start()
        return made

    def leave(self, reader: Subscription) -> None:
        """Follow no longer."""
        with self._lock:
            self._readers.discard(reader)

    def tell(self, fresh: Mapping[str, int]) -> None:
        """New versions, once they are committed."""
        if not fresh:
            return
        with self._lock:
            readers = list(self._readers)
        for reader in readers:
            if not reader.hear(fresh):
                self.leave(reader)

    def close(self) -> None:
        """End every stream, now and later; the server waits for them when it stops."""
        self._closed.set()
        with self._lock:
            readers = list(self._readers)
        for reader in readers:
            reader.wake()

    def _followed(self) -> set[str]:
        """What is followed; when nothing is, the looking ends with this answer."""
        with self._lock:
            topics = {topic for reader in self._readers for topic in reader.versions}
            if not topics:
                self._looking = None
            return topics

    def _look(self, database: Database) -> None:
        while not self._closed.wait(LOOK_SECONDS):
            topics = self._followed()
            if not topics:
                return
            try:
                with database.reading() as connection:
                    found = versions(connection, topics)
            except sa.exc.SQLAlchemyError as error:
                log.warning("live.look_failed", error=type(error).__name__)
                continue
            self.tell(found)
