"""Markdown as plain lists that the typst template sets: data, never typst code.

A node is a list whose first item names it. Words are data for typst as well, so nothing that anybody
types can become a command. Nesting is bounded, since typst and its JSON reader bound it too.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from kintsugi.formats.pdf.inlines import LINE, Node, breakable, inlines_of, runs_right_to_left
from kintsugi.formats.pdf.tables import WIDTH, table_of

MOST_BLOCKS_DEEP = 8
INDENT = 20
"""About how many points each level of a list or a quote takes from the line."""

_BLOCKS = {"bullet_list": "ul", "ordered_list": "ol", "blockquote": "quote"}
_NESTING = (*_BLOCKS, "list_item")


def nodes_of(tokens: Sequence[Token], room: int = LINE) -> list[Node]:
    """Blocks of `safe_markdown.parse` as nodes; words longer than the room get places to break."""
    return _Blocks(tokens, room).read()


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
                room = WIDTH - INDENT * (len(self._stack) // 2)
                self._add(table_of(self._tokens[at:end], room))
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
