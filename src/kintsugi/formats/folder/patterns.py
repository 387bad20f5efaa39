"""The files of patterns in a base: a block of ours between two marks; every other byte is people's and stays."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from kintsugi.core.knowledge.told import PatternAction, PatternIncident, PatternTold
from kintsugi.core.shared.text import plural, slug
from kintsugi.formats.folder.entries import DOCUMENT
from kintsugi.formats.markdown.escape import cell, line, prose

FROM_BASE = "<!-- kintsugi pattern: `kintsugi kb index` writes what stands between these marks -->"
FROM_SERVER = "<!-- kintsugi pattern of a server: `kintsugi kb sync` writes what stands between these marks -->"
END = "<!-- end of the kintsugi pattern -->"


def file_name(told: PatternTold) -> str:
    """`configuration-change.md`."""
    return f"{slug(told.key)}.md"


def written(
    before: bytes | None, told: PatternTold, folders: Mapping[str, str], *, from_server: bool
) -> bytes | None:
    """A pattern's file with its block anew; None where it has to stay as it is.

    Before and behind the block every byte stays. A file without a block gets one at its end. One whose
    mark was opened and never closed stays, since nobody knows where people's words begin; and what the server
    told stays when only the base tells. `folders` says where postmortems stand, by their reference.
    """
    mark = FROM_SERVER if from_server else FROM_BASE
    content = _without_marks(_content(told, folders))
    block = f"{mark}\n\n{content}\n\n{END}".encode("utf-8", "replace")
    if before is None:
        heading = _without_marks(f"# {line(told.title)}")
        return heading.encode("utf-8", "replace") + b"\n\n" + block + b"\n"
    start, opening = _opened(before)
    if start < 0:
        gap = (
            b""
            if not before or before.endswith(b"\n\n")
            else b"\n"
            if before.endswith(b"\n")
            else b"\n\n"
        )
        return before + gap + block + b"\n"  # fmt: skip
    if opening == FROM_SERVER and not from_server:
        return None
    end = before.find(END.encode(), start)
    if end < 0:
        return None
    return before[:start] + block + before[end + len(END) :]


def _opened(text: bytes) -> tuple[int, str]:
    """Where the first block begins, and by which mark; -1 where there is none."""
    places = [(text.find(mark.encode()), mark) for mark in (FROM_BASE, FROM_SERVER)]
    found = [one for one in places if one[0] >= 0]
    return min(found) if found else (-1, "")


def _content(told: PatternTold, folders: Mapping[str, str]) -> str:
    count = len(told.incidents)
    parts = [prose(told.description)] if told.description.strip() else []
    parts += [f"{plural(count, 'incident')} of this class."]
    parts += [line(one) for one in told.says]
    if told.incidents:
        rows = ["| Date | Incident | Postmortem |", "|---|---|---|"]
        rows += [_incident(one, folders) for one in told.incidents]
        parts += ["## Incidents", "\n".join(rows)]
    if told.open_actions:
        rows = ["| Due | Action | Owner |", "|---|---|---|", *map(_action, told.open_actions)]
        parts += ["## Actions still open", "\n".join(rows)]
    return "\n\n".join(parts)


def _without_marks(text: str) -> str:
    """Nobody's words open or close our block."""
    return text.replace("\\<!--", "<!--").replace("<!--", "&lt;!--")


def _incident(one: PatternIncident, folders: Mapping[str, str]) -> str:
    links = ", ".join(_link(name, folders.get(name, "")) for name in one.postmortems)
    named = " ".join(filter(None, (one.reference, one.title)))
    return f"| {one.day or ''} | {cell(line(named))} | {links} |"


def _link(name: str, folder: str) -> str:
    said = cell(line(name)).replace("[", "\\[").replace("]", "\\]")
    return f"[{said}](../{quote(folder)}/{DOCUMENT})" if folder else said


def _action(one: PatternAction) -> str:
    named = " ".join(filter(None, (one.reference, one.description)))
    return f"| {one.due or ''} | {cell(line(named))} | {cell(line(one.owner))} |"
