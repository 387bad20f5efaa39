"""Inline Markdown as plain lists that the typst template sets: data, never typst code.

A node is a list whose first item names it. Nesting is bounded, since typst and its JSON reader bound it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from unicodedata import bidirectional

from markdown_it.token import Token

Node = list[Any]

MOST_INLINES_DEEP = 6
LINE = 100
"""About how many characters a line of the page holds."""

LONGEST_ADDRESS = 8_000
"""Typst refuses longer ones."""

_INLINES = {"strong": "strong", "em": "emph", "s": "strike"}
_BREAKABLE = re.compile(r"(?<=[/?&=._,:;-])(?=\w)")
_LONG_RUN = re.compile(r"[^\s\u200b]{9,}")


def inlines_of(tokens: Sequence[Token], room: int = LINE) -> list[Node]:
    """Inline tokens as nodes; words longer than the room get places to break."""
    return inlines_broken_by(partial(breakable, room=room), tokens)


def inlines_broken_by(broken: Callable[[str], str], tokens: Sequence[Token]) -> list[Node]:
    """Inline tokens as nodes, each text passed through what puts places to break into it."""
    whole: list[Node] = []
    stack = [whole]
    ignored = 0
    for token in _flat(tokens):
        if token.nesting == 0:
            stack[-1] += _leaf(token, broken)
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


def _leaf(token: Token, broken: Callable[[str], str]) -> list[Node]:
    match token.type:
        case "softbreak":
            return [["text", " "]]
        case "hardbreak":
            return [["br"]]
        case "task_box":
            return [["box", bool(token.meta["done"])]]
        case "code_inline":
            return [["code", broken(token.content)]]
        case _:
            return [["text", broken(token.content)]] if token.content else []


def breakable(text: str, room: int) -> str:
    """The text with places to break, invisible, in words that no line of so many characters holds."""
    if len(text) <= room:
        return text
    return re.sub(rf"\S{{{room},}}", _with_places, text)


def parted(text: str) -> str:
    """The text with places to break after the marks that part an address or a name."""
    return _BREAKABLE.sub("\u200b", text)


def _with_places(word: re.Match[str]) -> str:
    return _LONG_RUN.sub(lambda run: "\u200b".join(_pieces(run[0], 8)), parted(word[0]))


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs to the left."""
    for character in text:
        direction = bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
