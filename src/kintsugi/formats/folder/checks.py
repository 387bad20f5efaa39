"""What is wrong in a base: names, files, schema, links, duplicate numbers, overdue actions, a stale index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kintsugi.core.knowledge.index import IndexedPostmortem, open_actions, overdue
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import shortened
from kintsugi.formats.errors import InputError
from kintsugi.formats.folder.base import README, KnowledgeBase
from kintsugi.formats.folder.entries import (
    DOCUMENT,
    TIMELINE,
    Entry,
    place_of,
    read_entry,
    years,
)
from kintsugi.formats.folder.links import broken_links
from kintsugi.formats.folder.readme import with_index
from kintsugi.formats.plain import decode_text
from kintsugi.formats.timeline_json import read_timeline_json

RULES = {
    "layout": "A year holds folders such as 01-checkout-down, with postmortem.md and timeline.json; none is a link.",
    "schema": "postmortem.md and timeline.json can be read, and agree; the postmortem's day is in its year.",
    "number": "No two postmortems of a year have one number, and no two tell of one incident under one title.",
    "link": "A link to a file leads to a file in the base.",
    "overdue": "No action is open past the day it is due.",
    "index": "The README's index says what the base holds.",
}  # fmt: skip
"""The rules of `kb check`, and what each asks."""


@dataclass(frozen=True, slots=True)
class BaseFinding:
    """One thing that is wrong: in which file of the base, at which line (0 when none is known), by which rule."""

    file: str
    line: int
    rule: str
    message: str

    def text(self) -> str:
        """`2024/01-checkout-down/postmortem.md:7: link: ...`."""
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.rule}: {self.message}"


def check(base: KnowledgeBase, today: date) -> list[BaseFinding]:
    """Every finding, by file and line. `today` is what actions are overdue by."""
    found = list(_Check(base, today).run())
    return sorted(found, key=lambda one: (one.file, one.line, one.rule, one.message))


class _Check:
    """One pass over a base."""

    def __init__(self, base: KnowledgeBase, today: date) -> None:
        self.base, self.disk, self.today = base, base.disk, today
        self.entries: list[Entry] = []

    def run(self) -> Iterator[BaseFinding]:
        """All rules."""
        for year in years(self.disk):
            yield from self._year(year)
        yield from self._incidents()
        yield from self._overdue()
        yield from self._links()
        yield from self._index()

    def _year(self, year: str) -> Iterator[BaseFinding]:
        numbers: dict[int, list[str]] = defaultdict(list)
        for name in self.disk.names(year):
            folder = f"{year}/{name}"
            place = place_of(year, name)
            if self.disk.root.joinpath(year, name).is_symlink():
                yield BaseFinding(folder, 0, "layout", "this is a link, and links are not followed")
            elif place is None or not self.disk.is_folder(year, name):
                if not name.startswith("."):
                    yield BaseFinding(
                        folder, 0, "layout", "this is no folder such as 01-checkout-down"
                    )
            else:
                numbers[place.number].append(folder)
                yield from self._entry(year, name)
        for same in numbers.values():
            for folder in same[1:]:
                yield BaseFinding(folder, 0, "number", f"{same[0]} has this number too")

    def _entry(self, year: str, name: str) -> Iterator[BaseFinding]:
        entry = read_entry(self.disk, year, name)
        self.entries.append(entry)
        if entry.problem is not None:
            yield _refused(entry.problem, f"{entry.folder}/{DOCUMENT}")
        yield from self._timeline(entry)
        postmortem = entry.postmortem
        if postmortem is None:
            return
        file = f"{entry.folder}/{DOCUMENT}"
        if postmortem.date is not None and postmortem.date.year != int(year):
            yield BaseFinding(
                file, 0, "schema", f"its day is {postmortem.date}, which is not in {year}"
            )
        for note in entry.notes:
            yield BaseFinding(file, 0, "schema", note)

    def _timeline(self, entry: Entry) -> Iterator[BaseFinding]:
        file = f"{entry.folder}/{TIMELINE}"
        try:
            text = decode_text(self.disk.read(entry.year, entry.name, TIMELINE), file=file)
            events = read_timeline_json(text, file=file)
        except InputError as error:
            yield _refused(error, file)
            return
        except InvalidValue as error:
            yield BaseFinding(file, 0, "schema", error.text())
            return
        if entry.postmortem is not None and events != entry.postmortem.timeline:
            yield BaseFinding(
                file,
                0,
                "schema",
                "it does not say what postmortem.md says; `kb index` writes it anew",
            )

    def _incidents(self) -> Iterator[BaseFinding]:
        seen: dict[tuple[str, str], Entry] = {}
        for entry in self.entries:
            postmortem = entry.postmortem
            if postmortem is None or not (postmortem.incident_id or postmortem.id):
                continue
            key = (postmortem.id or postmortem.incident_id, postmortem.title.casefold())
            if key in seen:
                message = f"{seen[key].folder} tells of {key[0]} under this title too"
                yield BaseFinding(f"{entry.folder}/{DOCUMENT}", 0, "number", message)
            seen.setdefault(key, entry)

    def _overdue(self) -> Iterator[BaseFinding]:
        indexed = [
            IndexedPostmortem(entry.folder, entry.postmortem)
            for entry in self.entries
            if entry.postmortem is not None
        ]
        for one in overdue(open_actions(indexed), self.today):
            what = shortened(one.action.description.split("\n")[0], 80)
            owner = f", {one.action.owner}" if one.action.owner else ""
            message = f"{what!r} was due on {one.due}{owner}"
            yield BaseFinding(f"{one.of.folder}/{DOCUMENT}", 0, "overdue", message)

    def _links(self) -> Iterator[BaseFinding]:
        for names in self.disk.markdown():
            file = "/".join(names)
            try:
                text = decode_text(self.disk.read(*names), file=file)
            except InputError as error:
                if names[-1] != DOCUMENT:
                    yield _refused(error, file)
                continue
            for line, target, why in broken_links(self.disk, names, text):
                yield BaseFinding(file, line, "link", f"{shortened(target, 120)!r} {why}")

    def _index(self) -> Iterator[BaseFinding]:
        if not self.disk.is_file(README):
            yield BaseFinding(README, 0, "index", "there is no README.md; `kb index` writes it")
            return
        try:
            readme = self.base.readme()
        except InputError:
            return
        if with_index(readme, self.base.index_of(self.entries)) != readme:
            yield BaseFinding(
                README, 0, "index", "it does not say what the base holds; `kb index` writes it anew"
            )


def _refused(error: InputError, file: str) -> BaseFinding:
    field = f"{error.field}: " if error.field else ""
    ending = f"; expected {error.expected}" if error.expected else ""
    return BaseFinding(file, error.line, "schema", f"{field}{error.problem}{ending}")
