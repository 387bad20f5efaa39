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
from functools import lru_cache
from itertools import pairwise

from markdown_it.token import Token

from kintsugi.core.shared.kept import kept
from kintsugi.core.shared.text import clean
from kintsugi.formats.html.tables import with_roles
from kintsugi.formats.safe_markdown import (
    effort_of,
    parse,
    parse_inline,
    plain_text,
    render,
)

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_BEFORE_HEADING = "\n\n## "
_ITEM = re.compile(r"^[ \t>]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)", re.MULTILINE)
_FENCE = re.compile(r"^[ \t>*+\-\d.)]*(?P<mark>`{3,}|~{3,})", re.MULTILINE)
_OPEN_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<words>[^\n]*)")
_DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*\[(?:[^\]\\]|\\.)*\]:", re.MULTILINE)
_NO_NUMBER = r"(?!\d{1,9}[.)](?:\s|$))"
_PLAIN_PARAGRAPH = re.compile(rf"{_NO_NUMBER}[^\W_](?:[^\n]*\S)?")
_PLAIN_ITEM = re.compile(rf"- {_NO_NUMBER}(?:[^\W_]|\*\*[^\W_]|★ )[^\n]*(?<=\S)")
_LINE_ENDS = "\r\x85\u2028\u2029"
_MARKED = re.compile(r"[\\`*_~<&]|://|\]\(")
"""What makes a line more than text, in a document that defines no links: there, brackets alone are brackets."""
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
    text = clean(markdown) if any(sign in markdown for sign in _LINE_ENDS) else markdown
    defines = "]:" in text and _DEFINITION.search(text)
    stretches = [] if defines else _stretches(text)
    if defines or sum(stretch.effort for stretch in stretches) > MOST_MARKS:
        yield from _parsed(text)
        return
    for stretch in stretches:
        for block in stretch.blocks:
            yield from _set(block)


_effort = kept(effort_of)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A text cut into blocks. It `ends` where nothing of it can go on behind it."""

    blocks: tuple[str, ...]
    effort: int
    ends: bool


def _stretches(text: str) -> list[_Stretch]:
    """The text from heading to heading, each stretch cut by itself: of a long text one changes, the others are kept.

    A heading behind a blank line goes on with nothing, unless code or a comment is open there: then all is cut as one.
    """
    first, *more = text.split(_BEFORE_HEADING)
    cut = [first, *(f"## {said}" for said in more)]
    found = [_stretch(f"{said}\n\n") for said in cut[:-1]] + [_stretch(cut[-1])]
    return found if all(one.ends for one in found[:-1]) else [_stretch(text)]


@lru_cache(maxsize=64)
def _stretch(text: str) -> _Stretch:
    blocks, ends = _cut(text)
    return _Stretch(tuple(blocks), sum(map(_effort, blocks)), ends)


def _cut(text: str) -> tuple[list[str], bool]:
    """The text between blank lines after which no list, quote or block of code goes on; whether it ends so itself."""
    found: list[str] = []
    start = at = 0
    fence, ends = "", True
    for end, begins in _paragraphs(text):
        block = text[at:end]
        if fence:
            fence = _fence_after(block, fence)
        elif block.strip():
            if start < at and not _goes_on(text, start, at, block):
                found.append(text[start:at])
                start = at
            if "<!--" in block and block.rfind("<!--") > block.rfind("-->"):
                ends = False
                break  # a comment that may end further down
            opening = _FENCE.search(block) if "```" in block or "~~~" in block else None
            if opening:
                has_item = _ITEM.search(text, start, at) is not None
                if _may_be_within(block, opening, has_item=has_item):
                    ends = False
                    break  # whether a list or quote closes it is the parser's to say
                fence = _fence_after(block, "")
        at = begins
    found.append(text[start:])
    return found, ends and not fence


def _goes_on(text: str, start: int, at: int, block: str) -> bool:
    """Whether a block that begins at a place may belong to what began before it."""
    if block[0] in " \t":
        return True
    return _ITEM.match(block) is not None and _ITEM.search(text, start, at) is not None


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each paragraph ends, and where the next begins."""
    for place in _BLANK.finditer(text):
        yield place.start(), place.end()
    yield len(text), len(text)


def _may_be_within(block: str, opening: re.Match[str], *, has_item: bool) -> bool:
    """Whether the first fence of a block may stand in a list or a quote, or another one behind it."""
    before = block[: opening.start()]
    is_bare = not opening[0].removesuffix(opening["mark"]).strip()
    is_odd = len(_FENCE.findall(block)) > 2 or "<!--" in block
    return has_item or not is_bare or is_odd or ">" in before or bool(_ITEM.search(before))


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


@kept
def _set(block: str) -> tuple[Piece, ...]:
    text = block.strip("\n")
    if _is_plain(text, _PLAIN_PARAGRAPH) and not _MARKED.search(text):
        return (Piece(f"<p>{_escaped(text)}</p>\n", text),)
    if text.startswith("- "):
        items = [_item(line) for line in text.split("\n")]
        set_ = [item for item in items if item is not None]
        if len(set_) == len(items):
            html = "".join(html for html, _ in set_)
            return (Piece(f"<ul>\n{html}</ul>\n", "".join(words for _, words in set_)),)
    return _parsed(block)


@kept
def _item(line: str) -> tuple[str, str] | None:
    """An item of one line as HTML, and its words; None where it may be more than a line of text."""
    if not _is_plain(line, _PLAIN_ITEM):
        return None
    text = line[2:]
    if not _MARKED.search(text):
        return f"<li>{_escaped(text)}</li>\n", text
    tokens = parse_inline(text)
    return f"<li>{render(tokens)}</li>\n", plain_text(tokens)


def _is_plain(text: str, form: re.Pattern[str]) -> bool:
    """Whether a text has a form, and nothing in it runs from right to left or cannot be printed."""
    is_ours = text.isascii() or not _RIGHT_TO_LEFT.search(text)
    return form.fullmatch(text) is not None and is_ours and clean(text) == text


def _escaped(text: str) -> str:
    return text.replace(">", "&gt;").replace("\xa0", "&nbsp;")


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
