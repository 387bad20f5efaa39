"""What the command prints and writes: results to standard output, all else to standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn, TypeVar

from kintsugi.formats.errors import InputError

Item = TypeVar("Item")
FINDINGS, BAD_INPUT = 1, 2


def note(text: str) -> None:
    """One line for the person, apart from the result."""
    sys.stderr.write(f"{text}\n")


def fail(text: str) -> NoReturn:
    """Say what is wrong and end with the exit code for bad input."""
    note(f"kintsugi: {text}")
    sys.exit(BAD_INPUT)


def print_json(data: object) -> None:
    """Data as indented JSON."""
    write_result(json.dumps(data, indent=2, ensure_ascii=False) + "\n", None)


def write_result(content: str | bytes, target: Path | None) -> None:
    """The result to a file, whole or not at all, or to standard output. Raises InputError when it cannot be written."""
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if target is None:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    try:
        _replace(target.resolve() if target.is_symlink() else target, raw)
    except OSError as error:
        raise InputError(
            (error.strerror or str(error)).lower(), file=str(target), expected="a place to write to"
        ) from error


def _replace(target: Path, raw: bytes) -> None:
    if target.exists() and not target.is_file():
        # A pipe or device (-o /dev/stdout) is written to, not replaced.
        target.write_bytes(raw)
        return
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", file=str(target))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def with_progress(items: list[Item], doing: str) -> Iterator[Item]:
    """The items one by one, with a bar on a terminal when there are several."""
    if len(items) < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=doing, console=Console(stderr=True), transient=True)


def table(rows: Iterable[tuple[str, ...]], *, gap: int = 2) -> str:
    """Rows as aligned columns of plain text."""
    listed = list(rows)
    widths = (
        [max(len(row[index]) for row in listed) for index in range(len(listed[0]))]
        if listed
        else []
    )
    lines = [
        "".join(cell.ljust(width + gap) for cell, width in zip(row, widths, strict=True))
        for row in listed
    ]
    return "\n".join(line.rstrip() for line in lines)
