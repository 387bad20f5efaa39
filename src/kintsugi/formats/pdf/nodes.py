"""Markdown as plain lists that the typst template sets: data, never typst code.

A node is a list whose first item names it. Words are data for typst as well, so nothing that anybody
types can become a command. Nesting is bounded, since typst and its JSON reader bound it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import bidirectional

from markdown_it.token import Token

Node = list[Any]

MOST_BLOCKS_DEEP = 8
MOST_INLINES_DEEP = 6
LINE = 100
MOST_AT_EASE = 7
LONGEST_ADDRESS = 8_000
"""Typst refuses longer ones."""
"""About how many characters a line of the page holds."""

_BLOCKS = {"bullet_list": "ul", "ordered_list": "ol", "blockquote": "quote"}
_NESTING = (*_BLOCKS, "list_item")
_INLINES = {"strong": "strong", "em": "emph", "s": "strike"}
_BREAKABLE = re.compile(r"(?<=[/?&=._,:;-])(?=\w)")
_LONG_RUN = re.compile(r"[^\s\u200b]{9,}")


def nodes_of(tokens: Sequence[Token], room: int = LINE) -> list[Node]:
    """Blocks of `safe_markdown.parse` as nodes; words longer than the room get places to break."""
    return _Blocks(tokens, room).read()


def inlines_of(tokens: Sequence[Token], room: int = LINE) -> list[Node]:
    """Inline tokens as nodes."""
    whole: list[Node] = []
    stack = [whole]
    ignored = 0
    for token in _flat(tokens):
        if token.nesting == 0:
            stack[-1] += _leaf(token, room)
        elif token.nesting == 1:
            if len(stack) > MOST_INLINES_DEEP:
                ignored += 1
                continue
            inner: list[Node] = []
            name = _INLINES.get(token.type.removesuffix("_open"))
            stack[-1].append([name, inner] if name else _link(token, inner))
            stack.append(inner)
        elif ignored:
            ignored -= 1
        else:
            stack.pop()
    return whole


def _link(token: Token, inner: list[Node]) -> Node:
    address = str(token.attrs.get("href", ""))
    return ["link", address, inner] if 0 < len(address) < LONGEST_ADDRESS else ["emph", inner]


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or () if token.type == "inline" else (token,)


def _leaf(token: Token, room: int) -> list[Node]:
    match token.type:
        case "softbreak":
            return [["text", " "]]
        case "hardbreak":
            return [["br"]]
        case "task_box":
            return [["box", bool(token.meta["done"])]]
        case "code_inline":
            return [["code", breakable(token.content, room)]]
        case _:
            return [["text", breakable(token.content, room)]] if token.content else []


def breakable(text: str, room: int) -> str:
    """The text with places to break, invisible, in words that no line of so many characters holds."""
    if len(text) <= room:
        return text
    return re.sub(rf"\S{{{room},}}", _with_places, text)


def _with_places(word: re.Match[str]) -> str:
    parted = _BREAKABLE.sub("\u200b", word[0])
    return _LONG_RUN.sub(lambda run: "\u200b".join(_pieces(run[0], 8)), parted)


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs to the left."""
    for character in text:
        direction = bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


class _Blocks:
    """Reads a stream of block tokens, without recursion: it may nest as deep as people type."""

    def __init__(self, tokens: Sequence[Token], room: int) -> None:
        self._tokens = tokens
        self._room = room
        self._stack: list[list[Node]] = [[]]
        self._ignored: list[bool] = []

    def read(self) -> list[Node]:
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.type == "table_open":
                end = next(
                    n for n in range(at, len(self._tokens)) if self._tokens[n].type == "table_close"
                )
                self._add(_table(self._tokens[at:end]))
                at = end
            else:
                self._take(token, at)
            at += 1
        return self._stack[0]

    def _add(self, node: Node) -> None:
        self._stack[-1].append(node)

    def _take(self, token: Token, at: int) -> None:
        match token.type:
            case "inline":
                before = self._tokens[at - 1]
                inlines = inlines_of([token], self._room)
                is_heading = before.type == "heading_open"
                self._add(
                    ["h", int(before.tag[1:]), inlines]
                    if is_heading
                    else ["p", inlines, runs_right_to_left(token.content)]
                )
            case "fence" | "code_block":
                self._add(["pre", breakable(token.content.rstrip("\n"), 80)])
            case "hr":
                self._add(["hr"])
            case kind if kind.startswith(_NESTING):
                self._nest(token)
            case _:
                pass  # a paragraph's or a heading's own marks: its inline token says it all

    def _nest(self, token: Token) -> None:
        if token.nesting < 0:
            if not self._ignored.pop():
                self._stack.pop()
                _drop_bullets(self._stack[-1][-1])
            return
        # A list and its items are one level to the reader.
        is_too_deep = len(self._stack) > 2 * MOST_BLOCKS_DEEP
        self._ignored.append(is_too_deep)
        if is_too_deep:
            return
        inner: list[Node] = []
        if token.type == "list_item_open":
            self._add(["item", inner])
        elif token.type == "ordered_list_open":
            self._add(["ol", min(int(token.attrs.get("start", 1)), 10**9), inner])
        else:
            self._add([_BLOCKS[token.type.removesuffix("_open")], inner])
        self._stack.append(inner)


def _drop_bullets(node: Node) -> None:
    """A list of boxes needs no bullets beside them; items in it without a box keep theirs as a word."""
    if node[0] != "ul":
        return
    firsts = [item[1][0][1] for item in node[1] if item[1] and item[1][0][0] == "p"]
    if any(words and words[0][0] == "box" for words in firsts):
        node[0] = "tasks"
        for words in firsts:
            if not words or words[0][0] != "box":
                words.insert(0, ["bullet"])


def _table(tokens: Sequence[Token]) -> Node:
    """A table as its columns (`[alignment, weight]`), its head, and the cells of all rows."""
    rows: list[list[Token]] = []
    alignments: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            alignments.append(str(token.attrs.get("class", "left")))
        elif token.type == "inline" and rows:
            rows[-1].append(token)
    columns = len(alignments)
    is_crowded = columns > MOST_AT_EASE
    lengths = [[len(cell.content) for cell in row] for row in rows]
    weights = [
        _weight([row[n] for row in lengths if n < len(row)], is_crowded=is_crowded)
        for n in range(columns)
    ]
    rooms = [_room(weight, sum(weights), is_crowded=is_crowded) for weight in weights]
    cells = [
        [inlines_of([cell], room) for cell, room in zip(row, rooms, strict=False)] for row in rows
    ]
    longest = max((length for row in lengths for length in row), default=0)
    described: list[Node] = [list(pair) for pair in zip(alignments, weights, strict=True)]
    head, body = cells[0] if cells else [], [cell for row in cells[1:] for cell in row]
    return ["table", described, head, body, longest < 1_000]


def _weight(lengths: Sequence[int], *, is_crowded: bool) -> int:
    """How much of the page a column asks for: 0 for one that takes what a time or a name needs."""
    typical = sorted(lengths)[len(lengths) * 3 // 4] if lengths else 0
    if is_crowded:
        return max(14, min(40, typical))
    return 0 if max(lengths, default=0) <= 14 else max(10, min(60, typical))


def _room(weight: int, weights: int, *, is_crowded: bool) -> int:
    """How long a word may be before it needs places to break."""
    if is_crowded:
        return max(4, 130 * weight // weights - 2)
    return max(12, LINE * weight // (weights + 40)) if weight else 24
