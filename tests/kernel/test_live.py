"""Topics go up with the commit that touched them, and readers hear of it, from wherever it was written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kintsugi.kernel import live
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works

pytestmark = pytest.mark.both_databases


def touch(works: Works, *topics: str) -> None:
    with works.writing(SYSTEM) as work:
        work.touch(*topics)


def versions(works: Works, *topics: str) -> dict[str, int]:
    with works.reading(SYSTEM) as work:
        return live.versions(work.connection, topics)


def test_a_topic_starts_at_nothing_and_goes_up_once_for_each_commit(works: Works) -> None:
    assert versions(works, "a") == {"a": 0}
    with works.writing(SYSTEM) as work:
        work.touch("a", "b")
        work.touch("a")
    touch(works, "a")
    assert versions(works, "a", "b") == {"a": 2, "b": 1}


def test_what_is_rolled_back_touched_nothing(works: Works) -> None:
    def broken() -> None:
        with works.writing(SYSTEM) as work:
            work.touch("a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert versions(works, "a") == {"a": 0}


def test_writers_of_the_same_topics_lose_no_count_and_never_wait_for_each_other(
    works: Works,
) -> None:
    orders = [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")] * 10
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda topics: touch(works, *topics), orders))
    assert versions(works, "a", "b", "c") == {"a": 30, "b": 30, "c": 30}


def test_more_topics_than_one_statement_takes_are_read(works: Works) -> None:
    touch(works, "t1200")
    found = versions(works, *(f"t{number}" for number in range(1300)))
    assert len(found) == 1300
    assert found["t1200"] == 1


async def heard(reader: live.Subscription, topic: str) -> int:
    while not reader.versions[topic]:
        assert await reader.wait(60)
    return reader.versions[topic]


@pytest.fixture(autouse=True)
def _ends(works: Works) -> Iterator[None]:
    yield
    works.live.close()


def test_a_reader_hears_of_its_topics_alone(works: Works) -> None:
    async def follow() -> tuple[int, dict[str, int]]:
        reader = works.live.subscribe(works.database, ["a"])
        await asyncio.to_thread(touch, works, "a", "b")
        return await heard(reader, "a"), reader.versions

    assert asyncio.run(follow()) == (1, {"a": 1})


def test_a_reader_hears_what_another_process_wrote(works: Works, database_url: str) -> None:
    other = Works(Database(database_url), works.clock)

    async def follow() -> int:
        reader = works.live.subscribe(works.database, ["a"])
        await asyncio.to_thread(touch, other, "a")
        return await heard(reader, "a")

    assert asyncio.run(follow()) == 1
    other.database.close()


def test_news_that_comes_late_takes_no_version_back(works: Works) -> None:
    async def follow() -> int:
        reader = works.live.subscribe(works.database, ["a"])
        works.live.tell({"a": 3})
        works.live.tell({"a": 2})
        await reader.wait(60)
        return reader.versions["a"]

    assert asyncio.run(follow()) == 3


def test_closing_wakes_every_reader(works: Works) -> None:
    async def follow() -> bool:
        reader = works.live.subscribe(works.database, ["a"])
        threading.Timer(0.01, works.live.close).start()
        return await reader.wait(60)

    assert asyncio.run(follow())
    assert works.live.is_closed


def test_nobody_looks_into_the_table_once_nobody_follows(works: Works) -> None:
    async def follow() -> list[threading.Thread]:
        before = set(threading.enumerate())
        reader = works.live.subscribe(works.database, ["a"])
        looking = [each for each in threading.enumerate() if each not in before]
        works.live.leave(reader)
        return looking

    looking = [each for each in asyncio.run(follow()) if each.name == "live"]
    assert len(looking) == 1
    looking[0].join(60)
    assert not looking[0].is_alive()
    assert works.live.readers == 0
