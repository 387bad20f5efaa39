"""A knowledge base: made, added to, indexed. Each change is whole, and one process makes changes at a time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from kintsugi.core.knowledge.index import IndexedPostmortem
from kintsugi.core.knowledge.told import PatternTold, patterns_of
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.text import one_line
from kintsugi.formats.errors import InputError
from kintsugi.formats.folder.disk import Disk
from kintsugi.formats.folder.entries import (
    ARTIFACTS,
    DOCUMENT,
    KEEP,
    TIMELINE,
    Entry,
    files_of,
    next_place,
    read_entries,
    years,
)
from kintsugi.formats.folder.lock import writing
from kintsugi.formats.folder.patterns import file_name, written
from kintsugi.formats.folder.readme import HEAD, index_markdown, with_index
from kintsugi.formats.markdown.templating import shipped_template
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.plain import MAX_BYTES, decode_text
from kintsugi.formats.timeline_json import write_timeline_json

README, PATTERNS, TEMPLATES = "README.md", "patterns", "templates"
POSTMORTEM_TEMPLATE = "postmortem-template.md"
CHECKLIST = "incident-response-checklist.md"
ADDED, THERE, REPLACED = "added", "there already", "replaced"
DIFFERS = "there already, and says something else; --replace writes it anew"
TEMPLATE_TITLE = "[Service] What happened - [Date]"

_FIRST_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NewPostmortem:
    """What is to be added: the value, its Markdown, and the file (name, content) it was imported from, if any."""

    postmortem: Postmortem
    document: str
    original: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of it: its folder, and one of ADDED, THERE, DIFFERS and REPLACED."""

    folder: str
    outcome: str


class KnowledgeBase:
    """The base in a folder; `waits` is called when another process is writing and is waited for."""

    def __init__(self, root: Path, waits: Callable[[], None] = lambda: None) -> None:
        self.disk = Disk(root)
        self.waits = waits

    @classmethod
    def at(cls, root: Path, waits: Callable[[], None] = lambda: None) -> KnowledgeBase:
        """The base that is in a folder. Raises InputError when there is none."""
        base = cls(root, waits)
        if not root.is_dir():
            raise InputError(
                "there is no such folder", file=str(root), expected="a base that `kb init` made"
            )
        if not (base.disk.is_folder(TEMPLATES) or years(base.disk)):
            raise InputError(
                "this is no knowledge base", file=str(root), expected="a folder that `kb init` made"
            )
        return base

    def init(self) -> list[str]:
        """Make what is missing of the layout, and leave what is there; the files made."""
        self.disk.root.mkdir(parents=True, exist_ok=True)
        made = []
        with writing(self.disk, self.waits):
            for names, content in layout():
                if not self.disk.path(*names).exists():
                    self.disk.write(content, *names)
                    made.append("/".join(names))
        return made

    def add(
        self, new: Sequence[NewPostmortem], today: date, *, replace: bool = False
    ) -> list[Added]:
        """Add postmortems, each in a folder of its own, and write the index anew.

        One that is there already (by its id, or by incident, title and day) is left as it is, unless `replace`.
        Numbers follow the days. One without a day stands in the year of `today`.
        """
        new = sorted(new, key=lambda one: one.postmortem.date or today)
        with writing(self.disk, self.waits):
            entries = {entry.folder: entry for entry in read_entries(self.disk)}
            known: dict[tuple[str, str], list[Entry]] = defaultdict(list)
            for entry in entries.values():
                if entry.postmortem is not None:
                    known[key_of(entry.postmortem)].append(entry)
            fresh: set[str] = set()
            done = []
            for one in new:
                alike = known[key_of(one.postmortem)]
                entry, outcome = self._placed(one, alike, fresh, today, replace=replace)
                if outcome == ADDED:
                    fresh.add(entry.folder)
                    alike.append(entry)
                entries[entry.folder] = entry
                done.append(Added(entry.folder, outcome))
            self._write_patterns(entries.values())
            self._write_readme(entries.values())
        return done

    def _placed(
        self, new: NewPostmortem, alike: Sequence[Entry], fresh: Collection[str], today: date, *, replace: bool
    ) -> tuple[Entry, str]:  # fmt: skip
        """Where one is: new, there already, or written anew. Two files of one call that differ are two postmortems."""
        same = next((entry for entry in alike if self._is_same(entry, new)), None)
        if same is not None:
            return same, THERE
        before = next((entry for entry in alike if entry.folder not in fresh), None)
        if before is None:
            return self._put(new, today), ADDED
        if not replace:
            return before, DIFFERS
        self._replace(before, new)
        return Entry(before.year, before.name, new.postmortem), REPLACED

    def _is_same(self, entry: Entry, new: NewPostmortem) -> bool:
        """Whether an entry holds this text, or was imported from this file (whatever was written in it since)."""
        files = files_of(new.postmortem, new.document, new.original)
        originals = [
            name for name in files if name.startswith(ARTIFACTS) and not name.endswith(KEEP)
        ]
        return any(
            self.disk.is_file(entry.year, entry.name, *name.split("/"))
            and self.disk.read(entry.year, entry.name, *name.split("/")) == files[name]
            for name in (DOCUMENT, *originals)
        )

    def _put(self, new: NewPostmortem, today: date) -> Entry:
        year = f"{(new.postmortem.date or today).year:04d}"
        while True:
            place = next_place(self.disk, year, new.postmortem.title)
            try:
                files = files_of(new.postmortem, new.document, new.original)
                self.disk.write_folder(files, place.year, place.name)
            except FileExistsError:
                continue  # a folder that somebody made by hand a moment ago
            return Entry(place.year, place.name, new.postmortem)

    def _replace(self, before: Entry, new: NewPostmortem) -> None:
        for name, content in files_of(new.postmortem, new.document, new.original).items():
            if not name.endswith(KEEP):
                self.disk.write(content, before.year, before.name, *name.split("/"))

    def index(self) -> tuple[list[str], list[InputError]]:
        """Write the README's index, and each timeline.json that does not say what its postmortem says.

        Gives the files that changed, and what could not be read.
        """
        with writing(self.disk, self.waits):
            entries = list(read_entries(self.disk))
            changed = []
            for entry in entries:
                if entry.postmortem is None:
                    continue
                content = write_timeline_json(entry.postmortem).encode("utf-8", "replace")
                if self.disk.write(content, entry.year, entry.name, TIMELINE):
                    changed.append(f"{entry.folder}/{TIMELINE}")
            changed += self._write_patterns(entries)
            if self._write_readme(entries):
                changed.append(README)
        return changed, [entry.problem for entry in entries if entry.problem is not None]

    def tell_patterns(self, told: Sequence[PatternTold]) -> list[str]:
        """Write what a server tells of patterns into their files, and the index; the files that changed.

        Only our block in each is written, and a file is made where there is none.
        """
        with writing(self.disk, self.waits):
            entries = list(read_entries(self.disk))
            changed = self._write_patterns(entries, told)
            if self._write_readme(entries):
                changed.append(README)
        return changed

    def _write_patterns(
        self, entries: Iterable[Entry], told: Sequence[PatternTold] | None = None
    ) -> list[str]:
        """The files of patterns that changed. Without a server's word a pattern is a factor that recurs here."""
        indexed = _indexed(entries)
        folders = {one.folder: one.folder for one in indexed}
        folders |= {one.postmortem.id: one.folder for one in indexed if one.postmortem.id}
        changed = []
        for one in patterns_of(indexed) if told is None else told:
            name = file_name(one)
            before = self.disk.read(PATTERNS, name) if self.disk.is_file(PATTERNS, name) else None
            if before is not None and len(before) > MAX_BYTES:
                continue
            content = written(before, one, folders, from_server=told is not None)
            if content is not None and self.disk.write(content, PATTERNS, name):
                changed.append(f"{PATTERNS}/{name}")
        return changed

    def _write_readme(self, entries: Iterable[Entry]) -> bool:
        text = self.readme()
        return self.disk.write(with_index(text, self.index_of(entries)).encode(), README)

    def readme(self) -> str:
        """The README as it stands; ours when there is none."""
        if not self.disk.is_file(README):
            return HEAD
        return decode_text(self.disk.read(README), file=README)

    def index_of(self, entries: Iterable[Entry]) -> str:
        """The index of these entries as Markdown."""
        return index_markdown(_indexed(entries), self.patterns())

    def patterns(self) -> list[tuple[str, str]]:
        """The files of patterns and their titles."""
        found = []
        for name in self.disk.names(PATTERNS):
            if name.endswith(".md") and self.disk.is_file(PATTERNS, name):
                text = self.disk.read(PATTERNS, name).decode("utf-8", "replace")
                heading = _FIRST_HEADING.search(text)
                found.append((name, one_line(heading[1]) if heading else name.removesuffix(".md")))
        return found


def _indexed(entries: Iterable[Entry]) -> list[IndexedPostmortem]:
    return [
        IndexedPostmortem(entry.folder, entry.postmortem)
        for entry in entries
        if entry.postmortem is not None
    ]


def layout() -> Iterable[tuple[tuple[str, ...], bytes]]:
    """The files of an empty base, each with the names of its path."""
    blank = write_markdown(
        Postmortem(TEMPLATE_TITLE), shipped_template("standard"), front_matter=True
    )
    checklist = resources.files("kintsugi.formats").joinpath(
        "templates", "knowledge_base", CHECKLIST
    )
    yield (TEMPLATES, POSTMORTEM_TEMPLATE), blank.encode()
    yield (TEMPLATES, CHECKLIST), checklist.read_bytes()
    yield (PATTERNS, KEEP), b""
    yield (README,), with_index(HEAD, index_markdown((), ())).encode()


def key_of(postmortem: Postmortem) -> tuple[str, str]:
    """What one knows a postmortem by: its id, else its incident, title and day."""
    if postmortem.id:
        return "id", postmortem.id
    day = postmortem.date.isoformat() if postmortem.date else ""
    return postmortem.incident_id, f"{day} {one_line(postmortem.title).casefold()}"
