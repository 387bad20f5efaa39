"""Links between the files of a base: where each leads, and which lead nowhere or out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from kintsugi.formats.folder.disk import Disk
from kintsugi.formats.markdown.escape import Fences

_INLINE = re.compile(
    r"\]\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*))"
)
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*(?:<(?P<angled>[^<>\n]*)>|(?P<bare>\S+))")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
_CODE = re.compile(r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def broken_links(disk: Disk, names: Sequence[str], text: str) -> Iterator[tuple[int, str, str]]:
    """The line, the target and what is wrong with it, of each link to a file that is not there or not in the base."""
    for line, target in links_in(text):
        why = _problem(disk, names, target)
        if why:
            yield line, target, why


def links_in(text: str) -> Iterator[tuple[int, str]]:
    """The links to files that a text has outside code, with their lines."""
    fences = Fences()
    for number, line in enumerate(text.split("\n"), start=1):
        if fences.is_code(line) or "]" not in line:
            continue
        plain = _CODE.sub("", line) if "`" in line else line
        for pattern in (_DEFINITION, _INLINE):
            for found in pattern.finditer(plain):
                target = (found["angled"] or found["bare"] or "").strip()
                if target and not _SCHEME.match(target):
                    yield number, _ESCAPED.sub(r"\1", target)


def _problem(disk: Disk, names: Sequence[str], target: str) -> str:
    path = unquote(target.partition("#")[0].partition("?")[0])
    if not path:
        return ""
    if "\0" in path or "\\" in path:
        return "is no path"
    start = "" if path.startswith("/") else "/".join(names[:-1])
    whole = (
        posixpath.normpath(posixpath.join(start, path.lstrip("/")))
        if start
        else posixpath.normpath(path.lstrip("/") or ".")
    )
    if whole == ".." or whole.startswith("../"):
        return "leads out of the base"
    if whole == ".":
        return ""
    place = disk.root
    try:
        for part in whole.split("/"):
            place = place / part
            if place.is_symlink():
                return "leads over a link, and links are not followed"
        return "" if place.exists() else "is not in the base"
    except OSError:
        return "is no path"
