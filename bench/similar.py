"""How well similar incidents are found: recall at 5 on texts that were labelled before the code was written.

`python -m bench.similar FOLDER` on the published postmortems that `labels/similar.json` names (their texts are not
ours to give; sources and commits stand there), laid out as `<owner>__<repository>/<path with _ for />`.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from kintsugi.app import open_works
from kintsugi.core.knowledge.query import Kind
from kintsugi.core.knowledge.similar import Described, best, counted
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.knowledge.search import nearest, similar, store
from kintsugi.server.knowledge.search.document import Document

LABELS = Path(__file__).with_name("labels") / "similar.json"
MOST = 5
BEGINNING = 900
"""Characters below the title: what was read to label."""
FEW = 200
"""Characters of plain text below the title: about what somebody has typed who declares an incident."""
_HEADED = re.compile(r"^---[\s\S]*?^---|^(?:#.*|\s*[|\-*].*|title:.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """Recall at 5, by the mean over all labelled texts; and those of which something is missing."""

    recall: float
    texts: int
    missed: Mapping[str, float]


def related(groups: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """By text, the others that are of a failure of its."""
    found: dict[str, set[str]] = {}
    for group in groups:
        for one in group:
            found.setdefault(one, set()).update(other for other in group if other != one)
    return found


def recall(
    work: UnitOfWork, texts: Mapping[str, Described], wanted: Mapping[str, set[str]]
) -> Measured:
    """Which share of what is related is among the five likest."""
    shares = {}
    for name, others in wanted.items():
        found = [
            (row.incident_id or row.of, one)
            for row, one in similar.compared(work, texts[name], sa.true(), name)
        ]
        top = best(found, MOST, similar.LEAST)
        hits = others & {other for other, _ in top}
        shares[name] = len(hits) / min(MOST, len(others))
    missed = {name: share for name, share in shares.items() if share < 1}
    return Measured(statistics.fmean(shares.values()), len(shares), missed)


def read_texts(folder: Path) -> dict[str, Described]:
    """Every text below a folder, by its path there; the title is its first heading."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "index.json":
            text = file.read_text("utf-8", errors="replace")
            title = re.search(r"^(?:#+\s*|title:\s*)(.+)$", text, re.MULTILINE)
            name = file.relative_to(folder).as_posix()
            found[name] = Described(title[1].strip() if title else text[:80], text)
    return found


def few_words(one: Described) -> Described:
    """Title and the first plain text, without front matter, headings, lists and tables."""
    text = " ".join(_HEADED.sub("", one.text).split()).replace(one.title, "").strip()
    return replace(one, text=text[:FEW])


def kept(works: Works, texts: Mapping[str, Described]) -> None:
    """The texts in a database, as a search keeps postmortems, their words counted."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    documents = [
        Document(
            Kind.POSTMORTEM, name, number, f"PM-{number}", None, None, one.title, one.text, (),
            None, "published", at,
        )
        for number, (name, one) in enumerate(texts.items(), 1)
    ]  # fmt: skip
    with works.writing(SYSTEM) as work:
        store.put(work.connection, documents)
        words, total = counted(texts.values())
        nearest.keep_frequencies(work.connection, words, total)


def main(folder: Path) -> None:
    """Print the recall, from whole texts and from what stands at their beginning."""
    labels = json.loads(LABELS.read_text("utf-8"))
    wanted = related([group["texts"] for group in labels["postmortems"]])
    texts = read_texts(folder)
    beginnings = {name: replace(one, text=one.text[:BEGINNING]) for name, one in texts.items()}
    with tempfile.TemporaryDirectory() as place:
        works = open_works(Settings(database_url=f"sqlite:///{place}/bench.db"))
        kept(works, texts)
        with works.reading(SYSTEM) as work:
            few = {name: few_words(one) for name, one in texts.items()}
            for what, about in (
                ("the whole text", texts), ("title and beginning", beginnings), ("few words", few),
            ):  # fmt: skip
                found = recall(work, about, wanted)
                print(f"  {found.recall:.3f} of {found.texts} texts among {len(texts)}, by {what}")
                for name, share in found.missed.items():
                    print(f"    {share:.2f}  {name}")
        works.database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
