"""Figure 14: searching 100,000 things, in CPU milliseconds of all that serve it, beside a bare route."""

from __future__ import annotations

import json
import random
import secrets
import statistics
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import quote

import sqlalchemy as sa

from bench.asking import BARE, Costs, on_both, print_table
from bench.incident_list import incident_row
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


def figure_14() -> None:
    """On SQLite; and on PostgreSQL: KINTSUGI_BENCH_POSTGRES has an empty database's address and the server's pid."""
    print(f"\n14. Searching {COUNT:,} things, CPU ms a request (pass: the median within 50x)")
    for name, found in on_both(fill, asked(), ROUNDS):
        _print(name, found)


def _print(name: str, found: Costs) -> None:
    print_table(name, found)
    bare = found[BARE][0]
    middle = statistics.median(cpu / bare for what, (cpu, _) in found.items() if what != BARE)
    print(f"  {middle:>35.1f}x  the median of the questions")
    sys.stdout.flush()
    if "--json" in sys.argv:
        print(json.dumps(found))


if __name__ == "__main__":
    figure_14()
