"""Reading and writing inside one folder: whole or not at all, and never outside it.

A file is written under another name in the base's own `.kintsugi`, flushed to the disk, and then given its name;
a postmortem's folder likewise with all that is in it. So a process that is killed leaves the old or the new, never a
half.
No part of a path may be a link, and no name may lead out.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import MAX_BYTES

PRIVATE = ".kintsugi"
"""Where unfinished files and the lock stand; git ignores it, since it holds a .gitignore that says so."""

_NO_NAME = re.compile(r'[/\\\0-\x1f\x7f<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_UNFINISHED = "unfinished-"
LONGEST_NAME = 120


def safe_name(name: str) -> str:
    """A file's name without what leads elsewhere or what some system cannot store; `file` if nothing is left."""
    base = (
        _NO_NAME.split(name.replace("\\", "/").rstrip("/"))[-1]
        if "/" in name or "\\" in name
        else name
    )
    kept = _NO_NAME.sub("_", base).strip(". ")
    while len(kept.encode()) > LONGEST_NAME:
        kept = kept[:-1]
    kept = kept.strip(". ")
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept or "file"


class Disk:
    """The folder of a knowledge base."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def path(self, *names: str) -> Path:
        """A place inside the folder. Raises InputError for a name that leads out, and for a link on the way."""
        place = self.root
        for name in names:
            if name in ("", ".", "..") or _NO_NAME.search(name):
                raise InputError(f"{name[:60]!r} is no name for a file here", file=str(self.root))
            place = place / name
            if place.is_symlink():
                raise InputError(
                    "this is a link, and links are not followed",
                    file=str(place),
                    expected="a file or folder of its own",
                )
        return place

    def read(self, *names: str) -> bytes:
        """A file's content. Raises InputError when it is none, is too large, or cannot be read."""
        place = self.path(*names)
        if not place.is_file():
            raise InputError("there is no such file", file=str(place))
        with place.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)

    def names(self, *names: str) -> list[str]:
        """The names in a folder, in order; none when it is not there."""
        place = self.path(*names)
        return sorted(entry.name for entry in place.iterdir()) if place.is_dir() else []

    def is_file(self, *names: str) -> bool:
        """Whether there is a file, and no link, of that name."""
        with contextlib.suppress(InputError):
            return self.path(*names).is_file()
        return False

    def is_folder(self, *names: str) -> bool:
        """Whether there is a folder, and no link, of that name."""
        with contextlib.suppress(InputError):
            return self.path(*names).is_dir()
        return False

    def make_folder(self, *names: str) -> None:
        """A folder, with those it stands in, if they are not there."""
        for count in range(1, len(names) + 1):
            place = self.path(*names[:count])
            if not place.is_dir():
                with contextlib.suppress(FileExistsError):
                    place.mkdir()
                    _flush_folder(place.parent)
                self.path(*names[:count])

    def write(self, content: bytes, *names: str) -> bool:
        """A file, whole or not at all; False when it is there with this content already."""
        place = self.path(*names)
        if (
            place.is_file()
            and place.stat().st_size == len(content)
            and place.read_bytes() == content
        ):
            return False
        self.make_folder(*names[:-1])
        unfinished = self._unfinished()
        mode = place.stat().st_mode & 0o777 if place.is_file() else None
        _write_new(unfinished, content, mode)
        self.path(*names)
        unfinished.replace(place)
        _flush_folder(place.parent)
        return True

    def write_folder(self, files: Mapping[str, bytes], *names: str) -> None:
        """A new folder with all its files (`artifacts/x` stands in a folder of its own), whole or not at all.

        Raises FileExistsError when there is one that holds something.
        """
        unfinished = self._unfinished()
        unfinished.mkdir()
        for name, content in files.items():
            parts = name.split("/")
            self.path(*parts)
            inner = unfinished.joinpath(*parts[:-1])
            inner.mkdir(exist_ok=True)
            _write_new(inner / parts[-1], content)
        for folder in (*(one for one in unfinished.iterdir() if one.is_dir()), unfinished):
            _flush_folder(folder)
        self.make_folder(*names[:-1])
        place = self.path(*names)
        if place.exists():
            shutil.rmtree(unfinished)
            raise FileExistsError(f"{place} is there already")
        unfinished.rename(place)
        _flush_folder(place.parent)

    def private(self) -> Path:
        """The base's own folder, which git does not see."""
        self.make_folder(PRIVATE)
        ignored = self.path(PRIVATE, ".gitignore")
        if not ignored.is_file():
            with contextlib.suppress(FileExistsError):
                _write_new(ignored, b"*\n")
        return self.path(PRIVATE)

    def clear(self) -> None:
        """Take away what a killed process left unfinished; only whoever holds the lock may."""
        for left in self.private().iterdir():
            if not left.name.startswith(_UNFINISHED) or left.is_symlink():
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    def markdown(self) -> Iterator[tuple[str, ...]]:
        """Every Markdown file of the folder, as the names that lead to it; hidden folders and links are passed over."""
        yield from self._markdown(())

    def _markdown(self, within: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for entry in sorted(os.scandir(self.root.joinpath(*within)), key=lambda one: one.name):
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                if not (len(within) == 2 and entry.name == "artifacts"):
                    yield from self._markdown((*within, entry.name))
            elif entry.name.endswith(".md"):
                yield (*within, entry.name)

    def _unfinished(self) -> Path:
        return self.private() / f"{_UNFINISHED}{os.urandom(8).hex()}"


def _write_new(place: Path, content: bytes, mode: int | None = None) -> None:
    """A file that must not be there yet, on the disk when this returns."""
    flags = (
        os.O_WRONLY
        | os.O_CREAT
        | os.O_EXCL
        | getattr(os, "O_NOFOLLOW", 0)
        | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(place, flags, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        place.chmod(mode)


def _flush_folder(folder: Path) -> None:
    """The names in a folder, on the disk when this returns. Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
