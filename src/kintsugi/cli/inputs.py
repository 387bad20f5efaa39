"""Files named on the command line, to records; `-` is standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kintsugi.cli.output import note, with_progress
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.times import ClockTime, parse_when, zone_named
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record
from kintsugi.formats.plain import MAX_BYTES

STDIN = "-"
MARKDOWN = (".md", ".markdown")


@dataclass(slots=True)
class Batch:
    """The files of one call: what was read, and whether any of them could not be used."""

    files: list[str]
    zone: str = ""
    failed: bool = False

    def records(self) -> Iterator[tuple[str, Postmortem]]:
        """Each readable file with its postmortem. One that is not is named on standard error and passed over."""
        for file in with_progress(self.files, "Reading"):
            try:
                record = read_record(read_bytes(file), file=shown(file), zone=self.zone)
            except DomainError as error:
                self.refuse(str(error))
                continue
            for text in record.notes:
                note(f"{shown(file)}: note: {text}")
            yield file, record.postmortem

    def refuse(self, problem: str) -> None:
        """Say what is wrong with one file and go on with the others."""
        self.failed = True
        note(f"kintsugi: {problem}")


def shown(file: str) -> str:
    """A file's name as messages have it."""
    return "<stdin>" if file == STDIN else file


def read_bytes(file: str) -> bytes:
    """A file's content, or standard input's. Raises InputError when it cannot be read or is too large."""
    if file == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise InputError(
            problem, file=file, expected="a file that can be read, or - for standard input"
        ) from error


def read_text(file: str) -> str:
    """A file's content as text. Raises InputError when it cannot be read."""
    from kintsugi.formats.plain import decode_text

    return decode_text(read_bytes(file), file=shown(file)).replace("\r\n", "\n")


def files_meant(
    named: Iterable[str], *, without: Collection[str] = (), folders_without: Collection[str] = ()
) -> Iterator[str]:
    """The files named, and all Markdown below the folders named, in order.

    Hidden folders, links to folders, and what is called as `without` and `folders_without` say are passed over.
    Raises InputError for a folder with none.
    """
    for name in named:
        if name == STDIN or not Path(name).is_dir():
            yield name
            continue
        inside = sorted(_markdown_in(Path(name), without, folders_without))
        if not inside:
            raise InputError("there is no Markdown in this folder", file=name, expected="*.md")
        yield from inside


def _markdown_in(
    folder: Path, without: Collection[str], folders_without: Collection[str]
) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in folders_without
        ]
        for name in names:
            if name.casefold().endswith(MARKDOWN) and name.casefold() not in without:
                yield str(Path(here) / name)


def moment_named(written: str, zone: str, option: str) -> datetime:
    """The moment an option names, in UTC. Raises InvalidValue, under the option, for anything else."""
    try:
        read = parse_when(written, zone_named(zone) if zone else UTC)
    except InvalidValue as error:
        raise error.under(option) from error
    if isinstance(read.when, ClockTime):
        raise InvalidValue(
            f"{written!r} has no date", path=(option,), expected="such as 2025-01-15T09:00:00Z"
        )
    if read.is_naive:
        note(f"{option} without a zone is taken as {zone or 'UTC'}")
    return read.when
