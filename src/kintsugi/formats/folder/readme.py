"""The index of a base as Markdown, and its place in the base's README, between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from kintsugi.core.knowledge.index import (
    Groups,
    IndexedPostmortem,
    OpenAction,
    by_factor,
    by_service,
    newest_first,
    open_actions,
)
from kintsugi.formats.folder.entries import DOCUMENT
from kintsugi.formats.markdown.escape import cell, line

BEGIN = "<!-- kintsugi index: `kintsugi kb index` writes what stands between these marks -->"
END = "<!-- end of the kintsugi index -->"
HEAD = """# Postmortems

What went wrong, what we learned, and what we do about it. One folder for each incident, by year; what recurs stands
in `patterns`. Begin a new one with `kintsugi kb add . --title "What happened"`, or copy the file in `templates`.
"""
NONE = "_None yet._"


def index_markdown(
    entries: Sequence[IndexedPostmortem], patterns: Sequence[tuple[str, str]]
) -> str:
    """The index: all postmortems, by service, by contributing factor, open actions, patterns (file and title)."""
    parts = [
        ("## All postmortems", _table(newest_first(entries))),
        ("## By service", _groups(by_service(entries))),
        ("## By contributing factor", _groups(by_factor(entries))),
        ("## Open actions", _actions(open_actions(entries))),
        (
            "## Patterns",
            "\n".join(f"- [{_text(title)}](patterns/{quote(file)})" for file, title in patterns),
        ),
    ]
    return "\n\n".join(f"{heading}\n\n{text or NONE}" for heading, text in parts)


def with_index(readme: str, index: str) -> str:
    """The README with the index between its marks; at its end when it has none yet."""
    block = f"{BEGIN}\n\n{index}\n\n{END}"
    before, begin, rest = readme.partition(BEGIN)
    if not begin:
        return f"{readme.rstrip()}\n\n{block}\n".lstrip("\n")
    _, end, after = rest.rpartition(END)
    ending = after if end else "\n"
    return f"{before}{block}{ending}"


def _table(entries: Sequence[IndexedPostmortem]) -> str:
    if not entries:
        return ""
    rows = ["| Date | Postmortem | Severity | Services | Open actions |", "|---|---|---|---|---|"]
    for entry in entries:
        postmortem = entry.postmortem
        opened = sum(not action.status.is_closed for action in postmortem.action_items)
        rows.append(
            f"| {postmortem.date or ''} | {_link(entry)} | {postmortem.severity.label if postmortem.severity else ''} "
            f"| {cell(', '.join(postmortem.impact.affected_services))} | {opened or ''} |"
        )
    return "\n".join(rows)


def _groups(groups: Groups) -> str:
    parts = []
    for name, entries in groups:
        listed = "\n".join(
            f"- {entry.postmortem.date or entry.folder[:4]} {_link(entry)}" for entry in entries
        )
        parts.append(f"### {line(name)}\n\n{listed}")
    return "\n\n".join(parts)


def _actions(actions: Sequence[OpenAction]) -> str:
    if not actions:
        return ""
    rows = ["| Due | Action | Owner | Postmortem |", "|---|---|---|---|"]
    for one in actions:
        what = one.action.description.split("\n")[0]
        rows.append(
            f"| {one.due or ''} | {cell(what)} | {cell(one.action.owner)} | {_link(one.of)} |"
        )
    return "\n".join(rows)


def _link(entry: IndexedPostmortem) -> str:
    return f"[{_text(entry.postmortem.title)}]({quote(entry.folder)}/{DOCUMENT})"


def _text(title: str) -> str:
    """A title as the text of a link in a table."""
    plain = cell(line(title))
    return plain.replace("[", "\\[").replace("]", "\\]") or "Untitled"
