"""Markdown as blocks that can be set one by one: what one says and looks like no other changes.

Setting a long document takes long, and of two versions of it most is the same. So it is cut where
nothing goes on from one side to the other, and each block's HTML is kept. Plain paragraphs and lists
of plain lines, which most of a postmortem is, are set without a parser. The result is that of
`safe_markdown` on the whole, sign for sign; a test holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from kintsugi.core.shared.kept import kept
from kintsugi.core.shared.text import clean
from kintsugi.formats.html.tables import with_roles
from kintsugi.formats.safe_markdown import (
    costs_more_than,
    inline_html,
    parse,
    plain,
    plain_text,
    render,
)

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_ITEM = re.compile(r"^[ \t>]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)", re.MULTILINE)
_FENCE = re.compile(r"^[ \t>*+\-\d.)]*(?P<mark>`{3,}|~{3,})", re.MULTILINE)
_OPEN_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<words>[^\n]*)")
_DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*\[(?:[^\]\\]|\\.)*\]:", re.MULTILINE)
_NO_NUMBER = r"(?!\d{1,9}[.)](?:\s|$))"
_LINE = rf"{_NO_NUMBER}(?:[^\W_]|\*\*[^\W_]|★ )[^\n]*(?<=\S)"
_PLAIN_PARAGRAPH = re.compile(rf"{_NO_NUMBER}[^\W_](?:[^\n]*\S)?")
_PLAIN_LIST = re.compile(rf"- {_LINE}(?:\n- {_LINE})*")
_MARKED = re.compile(r"[\\`*_~\[<&]|://")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
MOST_MARKS = 50_000
"""Signs that may begin a link or stress: a text with more is set as a whole, which counts them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of HTML; with a `heading`, it begins a section. `words` are those of the text alone."""

    html: str
    words: str
    heading: str | None = None
    title: str = ""
    level: int = 0
    is_in_utc: bool = False


def pieces_of(markdown: str) -> Iterator[Piece]:
    """The document from its first block to its last, cut also before each heading of the first two levels."""
    text = clean(markdown)
    defines = "]:" in text and _DEFINITION.search(text)
    if defines or costs_more_than(text, MOST_MARKS):
        yield from _parsed(text)
        return
    for block in _cut(text):
        yield from _set(block)


def _cut(text: str) -> Iterator[str]:
    """The text between blank lines after which no list, quote or block of code goes on."""
    start = at = 0
    fence = ""
    for end, begins in _paragraphs(text):
        block = text[at:end]
        if fence:
            fence = _fence_after(block, fence)
        elif block.strip():
            has_item = _ITEM.search(text, start, at) is not None
            goes_on = block[0] in " \t" or (has_item and _ITEM.match(block) is not None)
            if start < at and not goes_on:
                yield text[start:at]
                start, has_item = at, False
            if block.rfind("<!--") > block.rfind("-->"):
                break  # a comment that may end further down
            opening = _FENCE.search(block)
            if opening:
                if _may_be_within(block, opening, has_item=has_item):
                    break  # whether a list or quote closes it is the parser's to say
                fence = _fence_after(block, "")
        at = begins
    yield text[start:]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each paragraph ends, and where the next begins."""
    for place in _BLANK.finditer(text):
        yield place.start(), place.end()
    yield len(text), len(text)


def _may_be_within(block: str, opening: re.Match[str], *, has_item: bool) -> bool:
    """Whether the first fence of a block may stand in a list or a quote, or another one behind it."""
    before = block[: opening.start()]
    is_bare = not opening[0].removesuffix(opening["mark"]).strip()
    fences = len(_FENCE.findall(block))
    return has_item or not is_bare or fences > 2 or ">" in before or bool(_ITEM.search(before))


def _fence_after(block: str, fence: str) -> str:
    """The fence that is open behind a block, when `fence` is open before it."""
    for line in block.split("\n"):
        bare = line.lstrip(" ")
        if len(line) - len(bare) > 3:
            continue
        found = _OPEN_FENCE.match(bare)
        if found is None:
            continue
        mark = found["mark"]
        if not fence:
            fence = mark if mark[0] == "~" or "`" not in found["words"] else ""
        elif mark.startswith(fence) and not found["words"].strip():
            fence = ""
    return fence


def _set(block: str) -> Sequence[Piece]:
    if not block.isascii() and _RIGHT_TO_LEFT.search(block):
        return _parsed(block)
    stripped = block.strip("\n")
    if _PLAIN_PARAGRAPH.fullmatch(stripped) and not _MARKED.search(stripped):
        return (Piece(f"<p>{_escaped(stripped)}</p>\n", stripped),)
    if _PLAIN_LIST.fullmatch(stripped):
        lines = [line[2:] for line in stripped.split("\n")]
        items = "".join(f"<li>{_line_html(line)}</li>\n" for line in lines)
        return (Piece(f"<ul>\n{items}</ul>\n", "".join(map(_line_words, lines))),)
    return _parsed(block)


def _escaped(text: str) -> str:
    return text.replace(">", "&gt;").replace("\xa0", "&nbsp;")


def _line_html(line: str) -> str:
    return _marked_html(line) if _MARKED.search(line) else _escaped(line)


def _line_words(line: str) -> str:
    return _marked_words(line) if _MARKED.search(line) else line


_marked_html = kept(inline_html)
_marked_words = kept(plain)


@kept
def _parsed(text: str) -> tuple[Piece, ...]:
    """The pieces of a text by the parser."""
    return tuple(
        Piece(
            with_roles(render(tokens), tokens),
            plain_text(tokens),
            render([heading]) if heading else None,
            plain_text([heading]) if heading else "",
            level,
            _is_in_utc(tokens),
        )
        for heading, level, tokens in _split(parse(text))
        if heading or tokens
    )


def _split(tokens: Sequence[Token]) -> Iterator[tuple[Token | None, int, list[Token]]]:
    """A heading's inline token, its level, and the blocks under it; what stands before the first has none."""
    heading: Token | None = None
    level, at = 0, 0
    blocks: list[Token] = []
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
            yield heading, level, blocks
            heading, level, blocks = tokens[at + 1], int(token.tag[1]), []
            at += 3
            continue
        if token.tag in ("h1", "h2"):
            token.tag = "h3"  # within a list or a quote it is no section of the document
        blocks.append(token)
        at += 1
    yield heading, level, blocks


def _is_in_utc(tokens: Sequence[Token]) -> bool:
    """Whether a table in it gives its times in UTC."""
    return any(
        token.type == "inline" and before.type == "th_open" and "(UTC)" in token.content
        for before, token in pairwise(tokens)
    )
