"""Tables of a document: how wide their columns want to be, and what their cells are when rows become blocks.

On a phone each row is a block of `label: value`, and a table laid out as blocks is no table any more
to a screen reader, unless its parts say what they are. Labels and roles are put into HTML that
`safe_markdown` has made safe already: its quotes and angle brackets are those of its tags alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token
from markupsafe import escape

from kintsugi.formats.safe_markdown import plain_text

LONGEST_SHORT = 14
LONGEST_NAME = 26
"""Characters: up to the one a cell stays on its line, up to the other its column is no wider than its words."""

_LABEL = 60
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)\s*>')
_ROLES = {
    "table": "table",
    "thead": "rowgroup",
    "tbody": "rowgroup",
    "tr": "row",
    "th": "columnheader",
    "td": "cell",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and the class that says how it shares the width."""

    label: str
    kind: str


def with_roles(html: str, tokens: Sequence[Token]) -> str:
    """The HTML of these tokens; each part of a table gets its role, each cell its label and the kind of its column."""
    tables = _tables(tokens)
    columns: Sequence[Column] = ()
    at = 0

    def told(found: re.Match[str]) -> str:
        nonlocal columns, at
        tag, attributes = found[1], found[2]
        if tag not in _ROLES:
            return found[0]
        if tag == "table":
            columns = next(tables, ())
        elif tag == "tr":
            at = 0
        elif tag in ("th", "td"):
            column = columns[at] if at < len(columns) else Column("", "")
            at += 1
            attributes = _with_class(attributes, column.kind)
            if tag == "td":
                attributes += f' data-label="{escape(column.label)}"'
        return f'<{tag} role="{_ROLES[tag]}"{attributes}>'

    return _TAG.sub(told, html)


def _with_class(attributes: str, kind: str) -> str:
    if not kind:
        return attributes
    if ' class="' in attributes:
        return attributes.replace(' class="', f' class="{kind} ', 1)
    return f' class="{kind}"{attributes}'


def _tables(tokens: Sequence[Token]) -> Iterator[Sequence[Column]]:
    """The columns of each table, in the order in which the tables stand."""
    rows: list[list[Token]] = []
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(token)
        elif token.type == "inline" and rows and rows[-1]:
            rows[-1][-1] = token
        elif token.type == "table_close":
            yield _columns(rows)
            rows = []


def _columns(rows: Sequence[Sequence[Token]]) -> list[Column]:
    heads = [plain_text([cell]) for cell in rows[0]]
    said = [
        [len(plain_text([row[n]])) for row in rows[1:] if n < len(row)] for n in range(len(heads))
    ]
    main = max(range(len(heads)), key=lambda n: sum(said[n]), default=0)
    return [
        Column(_label(head), _kind(max(said[n], default=0), is_main=n == main))
        for n, head in enumerate(heads)
    ]


def _label(head: str) -> str:
    return head if len(head) <= _LABEL else head[: _LABEL - 1].rstrip() + "\u2026"


def _kind(longest: int, *, is_main: bool) -> str:
    if longest <= LONGEST_SHORT:
        return "short" if longest else "blank"
    if longest <= LONGEST_NAME:
        return ""
    return "main" if is_main else "long"
