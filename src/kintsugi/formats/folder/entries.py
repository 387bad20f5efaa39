"""A postmortem's folder in a base: its name, the files it holds, and what is read from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import slug
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record
from kintsugi.formats.folder.disk import Disk, safe_name
from kintsugi.formats.plain import decode_text
from kintsugi.formats.timeline_json import write_timeline_json

DOCUMENT, TIMELINE, ARTIFACTS = "postmortem.md", "timeline.json", "artifacts"
KEEP = ".gitkeep"
"""Keeps an empty folder in git."""

_YEAR = re.compile(r"\d{4}")
_FOLDER = re.compile(r"(?P<number>\d{2,6})-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its year, its number in it, and a short name."""

    year: str
    number: int
    slug: str

    @property
    def name(self) -> str:
        """`01-checkout-down`."""
        return f"{self.number:02d}-{self.slug}"

    @property
    def folder(self) -> str:
        """`2024/01-checkout-down`."""
        return f"{self.year}/{self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder of the base as it was read: the postmortem, or why it cannot be read."""

    year: str
    name: str
    postmortem: Postmortem | None = None
    problem: InputError | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def folder(self) -> str:
        """Its path in the base."""
        return f"{self.year}/{self.name}"


def years(disk: Disk) -> list[str]:
    """The folders of years."""
    return [name for name in disk.names() if _YEAR.fullmatch(name) and disk.is_folder(name)]


def place_of(year: str, name: str) -> Place | None:
    """The place that a folder's name says; None for a name that is none of an entry."""
    found = _FOLDER.fullmatch(name)
    return Place(year, int(found["number"]), found["slug"]) if found else None


def folders(disk: Disk) -> Iterator[tuple[str, str]]:
    """Every folder of a year that is named as an entry."""
    for year in years(disk):
        for name in disk.names(year):
            if _FOLDER.fullmatch(name) and disk.is_folder(year, name):
                yield year, name


def read_entry(disk: Disk, year: str, name: str) -> Entry:
    """One entry of the base."""
    file = f"{year}/{name}/{DOCUMENT}"
    try:
        text = decode_text(disk.read(year, name, DOCUMENT), file=file)
        record = read_record(text, file=file)
    except InputError as error:
        shown = InputError(
            error.problem, file=file, line=error.line, field=error.field, expected=error.expected
        )
        return Entry(year, name, problem=shown)
    except InvalidValue as error:
        return Entry(year, name, problem=InputError.from_value(error, file=file))
    except DomainError as error:
        return Entry(year, name, problem=InputError(str(error), file=file))
    return Entry(year, name, record.postmortem, notes=record.notes)


def read_entries(disk: Disk) -> Iterator[Entry]:
    """Every entry of the base, by year and number."""
    for year, name in folders(disk):
        yield read_entry(disk, year, name)


def next_place(disk: Disk, year: str, title: str) -> Place:
    """The next free number of a year, and a name after the title."""
    places = (place_of(year, name) for name in disk.names(year))
    taken = [place.number for place in places if place is not None]
    return Place(year, max(taken, default=0) + 1, slug(title, 50))


def files_of(
    postmortem: Postmortem, document: str, original: tuple[str, bytes] | None
) -> dict[str, bytes]:
    """What an entry holds: the document, its timeline, and artifacts with the file it was imported from."""
    files = {
        DOCUMENT: document.encode("utf-8", "replace"),
        TIMELINE: write_timeline_json(postmortem).encode("utf-8", "replace"),
    }
    if original is None:
        return files | {f"{ARTIFACTS}/{KEEP}": b""}
    name, content = original
    return files | {f"{ARTIFACTS}/{safe_name(name)}": content}
