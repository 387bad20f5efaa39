"""Figure 14: searching 100,000 things, in CPU milliseconds of all that serve it, beside a bare route."""

from __future__ import annotations

import http.client
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from bench.incident_list import cpu_seconds, incident_row, served
from kintsugi.app import open_works
from kintsugi.core.knowledge.query import Kind
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.ids import new_id
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents.tables import incidents
from kintsugi.server.knowledge.search import similar, store
from kintsugi.server.knowledge.search.document import Document
from kintsugi.server.postmortems.tables import postmortems

COUNT = 100_000
INCIDENTS, POSTMORTEMS = 40_000, 10_000
"""The rest are actions of these postmortems."""
VOCABULARY = 30_000
AT_ONCE = 5_000
ROUNDS = 5
BARE = "a bare route (/healthz)"


def words_for(chance: random.Random) -> Iterator[str]:
    """Words as often as in prose: the second half as often as the first (Zipf)."""
    while True:
        rank = int(VOCABULARY ** chance.random())
        yield f"w{rank}x"


def text_of(words: Iterator[str], length: int) -> str:
    return " ".join(islice(words, length))


def asked() -> list[tuple[str, str, int]]:
    """What is asked, where, and how often in a round: rare, middling and common words, phrases, filters, similar."""
    find = "/api/search?q="
    return [
        (BARE, "/healthz", 200),
        ("a rare word", find + "w9000x", 20),
        ("two words", find + quote("w300x w40x"), 20),
        ("a word in one of ten", find + "w15x", 10),
        ("a word in most of them", find + "w2x", 5),
        ("three words, common", find + quote("w2x w3x w5x"), 5),
        ("a phrase", find + quote('"w3x w2x"'), 10),
        ("the beginning of a word", find + "w77*", 10),
        ("either of two, without a third", find + quote("w500x OR w700x -w3x"), 10),
        ("a word of one service since a year", find + quote("w30x service:svc-07 since:1y"), 10),
        ("a severity and a state, no word", find + quote("kind:incident severity:1 status:open"), 10),
        ("for the palette, as one types", "/search/palette?q=" + quote("w120x w93"), 10),
        ("the page, for a browser", "/search?q=w300x", 10),
        ("incidents like one", "/api/incidents/INC-777/similar", 10),
    ]  # fmt: skip


def fill(url: str) -> str:
    """A database with incidents, one in twenty private, postmortems and actions; a token that reads."""
    works = open_works(Settings(database_url=url))
    chance, began = random.Random(7), datetime.now(UTC) - timedelta(days=1_000)
    words = words_for(chance)
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", f"{secrets.token_hex(4)}@example.com", Role.RESPONDER)
        token = accounts.create_token(work, user.id, "bench", (Scope.READ,)).secret
    made = [
        incident_row(number, began + timedelta(minutes=30 * number), "usr_somebody")
        for number in range(1, INCIDENTS + 1)
    ]
    with works.writing(SYSTEM) as work:
        work.connection.execute(incidents.insert(), made)
        papers = [_paper(number, made[number * 3], began) for number in range(1, POSTMORTEMS + 1)]
        work.connection.execute(postmortems.insert(), papers)
    documents = _documents(words, made, papers)
    while some := list(islice(documents, AT_ONCE)):
        with works.writing(SYSTEM) as work:
            store.put(work.connection, some)
    for kind in Kind:
        with works.writing(SYSTEM) as work:
            store.set_mark(work.connection, kind, "", is_filled=True)
    similar.count_words(works)
    works.database.close()
    settle(url)
    return token


def settle(url: str) -> None:
    """As a database is some minutes after a great import: PostgreSQL's autovacuum has been there."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)" if "postgres" in url else "ANALYZE")
    engine.dispose()


def _paper(number: int, incident: dict[str, object], at: datetime) -> dict[str, object]:
    texts = dict.fromkeys(("document", "words", "template", "template_text", "scenario"), "")
    return texts | {
        "id": new_id("pm", at), "number": number, "reference": f"PM-{number}",
        "incident_id": incident["id"], "status": "DRAFT" if number % 20 == 0 else "PUBLISHED",
        "title": f"Paper {number}", "severity": 2, "day": None, "owner": "", "services": "[]",
        "completeness": 0.5, "proposals": "[]", "section_versions": "{}", "version": 1,
        "text_version": 1, "revision": 0, "created_by": "usr_somebody", "created_at": at,
        "updated_at": at, "submitted_at": None, "published_at": at, "archived_at": None,
        "deleted_at": None,
    }  # fmt: skip


def _documents(
    words: Iterator[str], made: list[dict[str, object]], papers: list[dict[str, object]]
) -> Iterator[Document]:
    for number, row in enumerate(made, 1):
        yield _document(Kind.INCIDENT, number, str(row["id"]), str(row["id"]), None, words, 120)
    for number, row in enumerate(papers, 1):
        incident, key = str(row["incident_id"]), str(row["id"])
        yield _document(Kind.POSTMORTEM, number, key, incident, key, words, 400)
    for number in range(1, COUNT - INCIDENTS - POSTMORTEMS + 1):
        row = papers[number % POSTMORTEMS]
        incident, key = str(row["incident_id"]), str(row["id"])
        yield _document(Kind.ACTION, number, f"act_{number}", incident, key, words, 25)


def _document(
    kind: Kind, number: int, key: str, incident: str, paper: str | None, words: Iterator[str], length: int
) -> Document:  # fmt: skip
    at = datetime.now(UTC) - timedelta(days=1_000) + timedelta(minutes=20 * number)
    prefix = {Kind.INCIDENT: "INC", Kind.POSTMORTEM: "PM", Kind.ACTION: "ACT"}[kind]
    return Document(
        kind, key, number, f"{prefix}-{number}", incident, paper, text_of(words, 7),
        text_of(words, length), (f"svc-{number % 60:02}",), None,
        ("investigating", "closed", "resolved")[number % 3], at,
    )  # fmt: skip


def cost_of(pids: list[int], port: int, path: str, token: str, times: int) -> tuple[float, float]:
    """CPU of the server, and of the database's processes, and wall milliseconds a request, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}"}
    began, used = time.perf_counter(), _used(pids)
    for _ in range(times):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode())
    return (_used(pids) - used) / times * 1000, (time.perf_counter() - began) / times * 1000


def _used(pids: list[int]) -> float:
    """CPU seconds of these processes and of those they began."""
    every = list(pids)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text("ascii", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent in pids:
            every.append(int(stat.parent.name))
    return sum(map(cpu_seconds, every))


def measured(url: str, database_pid: int | None = None) -> dict[str, tuple[float, float]]:
    """The medians of each question, in turn with a health check."""
    token = fill(url)
    with served(url) as (pid, port):
        pids = [pid, *([database_pid] if database_pid else [])]
        runs: dict[str, list[tuple[float, float]]] = {what: [] for what, _, _ in asked()}
        for _, path, _ in asked():
            cost_of(pids, port, path, token, 2)
        for _ in range(ROUNDS):
            for what, path, times in asked():
                runs[what].append(cost_of(pids, port, path, token, times))
    return {
        what: (statistics.median(cpu for cpu, _ in each), statistics.median(wall for _, wall in each))
        for what, each in runs.items()
    }  # fmt: skip


def figure_14() -> None:
    """On SQLite; and on PostgreSQL: KINTSUGI_BENCH_POSTGRES has an empty database's address and the server's pid."""
    print(f"\n14. Searching {COUNT:,} things, CPU ms a request (pass: the median within 50x)")
    with tempfile.TemporaryDirectory() as folder:
        _print("SQLite", measured(f"sqlite:///{folder}/bench.db"))
    other = os.environ.get("KINTSUGI_BENCH_POSTGRES", "")
    if other:
        url, _, pid = other.partition(" ")
        _print("PostgreSQL", measured(url, int(pid) if pid else None))


def _print(name: str, found: dict[str, tuple[float, float]]) -> None:
    bare = found[BARE][0]
    print(f"  {name}")
    for what, (cpu, wall) in found.items():
        print(f"  {cpu:>9.2f} CPU  {wall:>9.2f} wall  {cpu / bare:>8.1f}x  {what}")
    middle = statistics.median(cpu / bare for what, (cpu, _) in found.items() if what != BARE)
    print(f"  {middle:>35.1f}x  the median of the questions")
    sys.stdout.flush()
    if "--json" in sys.argv:
        print(json.dumps(found))


if __name__ == "__main__":
    figure_14()
