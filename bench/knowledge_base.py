"""A knowledge base of 1,000 postmortems checked and indexed, against reading its files with markdown-it-py."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time

from markdown_it import MarkdownIt

from kintsugi.cli.lint import found_in_markdown
from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.folder.base import KnowledgeBase, NewPostmortem
from kintsugi.formats.folder.checks import check
from kintsugi.formats.foreign.read import read_foreign
from kintsugi.formats.markdown.templating import shipped_template
from kintsugi.formats.markdown.write import write_markdown

FILES, PASS = 1_000, 10.0
TODAY = date(2026, 1, 1)
SAID = (
    "The pool of connections is smaller than the traffic of campaign {n}.",
    "Requests of region {n} wait {n} ms for a connection, because the pool is sized for a normal day.",
    "Customers of shop {n} saw the page of errors and tried again, which **added** to the load.",
    "The runbook names host `node-{n}`, which has another name now; the [search](https://wiki.example/{n}) took time.",
    "After the restart of instance {n} the error rate fell below one percent.",
)


def one_of(number: int, chance: random.Random) -> Postmortem:
    """A postmortem of the length that people write: twelve events, five actions, 700 words."""

    def prose(sentences: int) -> str:
        return " ".join(
            chance.choice(SAID).format(n=chance.randrange(9_000)) for _ in range(sentences)
        )

    began = datetime(2016, 1, 1, 9, tzinfo=UTC) + timedelta(days=3.5 * number)
    return Postmortem(
        f"Service {number % 40} was slow for the {number}th time",
        severity=chance.choice(list(Severity)),
        date=began.date(),
        summary=prose(3),
        impact=Impact(prose(3), affected_services=(f"service-{number % 40}",)),
        root_cause="\n\n".join(prose(5) for _ in range(3)),
        resolution=prose(5),
        timeline=tuple(
            TimelineEvent(began + timedelta(minutes=7 * at), prose(1), actor="alice") for at in range(12)
        ),
        contributing_factors=(ContributingFactor(prose(1), "process_gap"), ContributingFactor(prose(1))),
        what_went_well=(prose(1), prose(1)),
        what_went_poorly=(prose(1), prose(1)),
        action_items=tuple(
            ActionItem(prose(1), owner=f"person{at}", due=date(2030, 1, 1)) for at in range(5)
        ),
    )  # fmt: skip


def spent(work: Callable[[], object], rounds: int = 3) -> float:
    """The least CPU seconds of some rounds."""
    found = []
    for _ in range(rounds):
        before = process_time()
        work()
        found.append(process_time() - before)
    return min(found)


def knowledge_base() -> None:
    """Reading every file with markdown-it-py alone; `kb check`; `kb index`; importing each file as foreign."""
    chance = random.Random(3)
    template = shipped_template("standard")
    values = [one_of(number, chance) for number in range(FILES)]
    with tempfile.TemporaryDirectory() as folder:
        base = KnowledgeBase(Path(folder))
        base.init()
        base.add(
            [
                NewPostmortem(one, write_markdown(one, template, front_matter=True))
                for one in values
            ],
            TODAY,
        )
        files = sorted(Path(folder).glob("*/*/postmortem.md"))
        assert len(files) == FILES
        parser = MarkdownIt("commonmark").enable("table")

        def read_alone() -> None:
            for file in files:
                parser.parse(file.read_text("utf-8"))

        def read_as_foreign() -> None:
            for file in files:
                read_foreign(file.read_text("utf-8").partition("\n---\n")[2], file=file.name)

        def lint_all() -> int:
            return sum(
                len(list(found_in_markdown(file.name, file.read_text("utf-8")))) for file in files
            )

        alone = spent(read_alone)
        assert check(base, TODAY) == []
        works: list[tuple[str, Callable[[], object]]] = [
            ("kb check", lambda: check(base, TODAY)),
            ("each file linted for blame", lint_all),
            ("kb check and every file linted", lambda: (check(base, TODAY), lint_all())),
            ("kb index, nothing to change", base.index),
            ("each body read as foreign Markdown", read_as_foreign),
        ]
        size = sum(file.stat().st_size for file in files) / 1e6
        print(
            f"\n{FILES:,} postmortems ({size:.1f} MB) in a knowledge base, CPU seconds (pass: {PASS:.0f} times)"
        )
        print(f"  {alone:>7.2f}   1.0 times  read through markdown-it-py alone")
        for what, work in works:
            took = spent(work)
            print(f"  {took:>7.2f}  {took / alone:>4.1f} times  {what}")


if __name__ == "__main__":
    knowledge_base()
