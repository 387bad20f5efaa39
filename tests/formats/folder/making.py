"""Bases and postmortems for these tests, and what always holds of a base, whatever was done to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.times import ClockTime, parse_when
from kintsugi.formats.files import read_record
from kintsugi.formats.folder.base import KnowledgeBase, NewPostmortem
from kintsugi.formats.folder.readme import BEGIN, END
from kintsugi.formats.markdown.templating import shipped_template
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.timeline_json import read_timeline_json

TODAY = date(2024, 6, 30)


def clock(text: str) -> ClockTime:
    """A clock time."""
    when = parse_when(text).when
    assert isinstance(when, ClockTime)
    return when


def postmortem(title: str = "Checkout down", day: date | None = date(2024, 6, 3)) -> Postmortem:
    """A small postmortem with an event, a factor and an action."""
    return Postmortem(
        title,
        date=day,
        impact=Impact(affected_services=("checkout",)),
        timeline=(TimelineEvent(clock("14:30"), "The pool is empty"),),
        contributing_factors=(ContributingFactor("No alert", "inadequate_monitoring"),),
        action_items=(ActionItem("Alert on the pool", owner="alice", due=date(2024, 7, 1)),),
    )


def new(value: Postmortem, original: tuple[str, bytes] | None = None) -> NewPostmortem:
    """As it is added, in the standard template."""
    document = write_markdown(value, shipped_template("standard"), front_matter=True)
    return NewPostmortem(value, document, original)


def made(folder: Path, *values: Postmortem) -> KnowledgeBase:
    """A new base with these postmortems."""
    base = KnowledgeBase(folder)
    base.init()
    if values:
        base.add([new(value) for value in values], TODAY)
    return base


def assert_whole(root: Path) -> list[str]:
    """Nothing in the base is half there; the folders of its postmortems."""
    folders = []
    for year in sorted(entry for entry in root.iterdir() if entry.name.isdigit()):
        for folder in sorted(year.iterdir()):
            record = read_record((folder / "postmortem.md").read_text("utf-8"))
            read_timeline_json((folder / "timeline.json").read_text("utf-8"))
            assert (folder / "artifacts").is_dir()
            assert record.postmortem.title
            folders.append(f"{year.name}/{folder.name}")
    readme = (root / "README.md").read_text("utf-8")
    assert readme.count(BEGIN) == readme.count(END) == 1
    return folders


def files_of(root: Path) -> dict[str, bytes]:
    """Every file of a folder with its content, but for the base's private ones."""
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file() and ".kintsugi" not in file.parts
    }
