"""Markdown that people typed, as HTML that is safe to show: what a document's text goes through.

CommonMark with tables, strikethrough, task lists and bare addresses made links. Raw HTML is never
passed through: comments vanish, `<br>` breaks the line, anything else is shown as the text it is.
Links lead to http, https and mailto only; a picture becomes a link, so that opening a document
fetches nothing. nh3 cleans the result once more. Whatever the text, nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from kintsugi.core.shared.text import clean

MAX_NESTING = 40
"""Lists in quotes in lists: deeper than this is not read as structure."""

MAX_COLUMNS = 200
MAX_COMMENT = 2_000
"""A longer comment is shown: it may be a field whose comment was never closed."""

_LINK = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`|\\^{}]+", re.IGNORECASE)
_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
_MARKED = re.compile(r"[\n\\`*_~\[<&]")
_COSTLY = re.compile(r"[\[*_~<`]")
_TASK = re.compile(r"\[([ xX])\]\s+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BLOCKS_OF_TEXT = frozenset({"paragraph_open", "heading_open", "th_open", "td_open"})

_BOX = '<span class="task{done}"></span>'
_SHAPE = (
    '<svg class="task" viewBox="0 0 16 16" width="14" height="14" role="img" aria-label="{label}" '
    'fill="none" stroke="currentColor" stroke-width="1.5">{drawn}</svg>'
)
_FRAME = '<rect x="1.5" y="1.5" width="13" height="13" rx="2"/>'
_TICK = '<path d="m4.500 8.300 2.500 2.500 4.500-5.500"/>'
_SHAPES = (
    (_BOX.format(done=""), _SHAPE.format(label="To do", drawn=_FRAME)),
    (_BOX.format(done=" done"), _SHAPE.format(label="Done", drawn=_FRAME + _TICK)),
)
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "class"},
    "ol": {"start"},
    "th": {"class", "scope", "dir"},
    "td": {"class", "dir"},
    "code": {"class"},
    "span": {"class"},
    "div": {"class", "role", "tabindex", "aria-label"},
    **{tag: {"dir"} for tag in ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6")},
}
_TAGS = {
    *_ATTRIBUTES,
    *("blockquote", "br", "em", "hr", "pre", "s", "strong", "table", "tbody", "thead", "tr", "ul"),
}


def to_html(markdown: str) -> str:
    """The text as HTML blocks."""
    return render(parse(markdown))


def inline_html(text: str) -> str:
    """The text of one line, such as a title or a cell, as HTML without blocks around it."""
    return render(parse_inline(text))


def parse(markdown: str) -> list[Token]:
    """The tokens of the text; those of type `inline` hold theirs in `children`.

    Besides CommonMark's there is `task_box` (`meta["done"]`), and never html_inline, html_block or image.
    """
    return _PARSER.parse(clean(markdown))


def parse_inline(text: str) -> list[Token]:
    """The tokens of one line of text: a single `inline` one."""
    return _PARSER.parseInline(clean(text))


def render(tokens: Sequence[Token]) -> str:
    """Tokens of `parse` as safe HTML."""
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    for box, shape in _SHAPES:
        safe = safe.replace(box, shape)
    return safe


def effort_of(markdown: str) -> int:
    """How many signs may begin a link, stress or code: what the effort of reading it depends on."""
    return sum(markdown.count(mark) for mark in "[*_~<`")


def plain_text(tokens: Sequence[Token]) -> str:
    """The words alone, without marks: for outlines, labels and names."""
    return "".join(_words(tokens)).strip()


def plain(markdown: str) -> str:
    """The words of one line of Markdown."""
    return plain_text(parse_inline(markdown))


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _words(token.children)
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type in ("text", "code_inline", "text_special", "fence", "code_block"):
            yield token.content


@dataclass(slots=True)
class _Effort:
    """How many costly marks the rest of a text may have: some rules look ahead at every bracket."""

    left: int

    def allows(self, content: str) -> bool:
        marks = sum(1 for _ in _COSTLY.finditer(content))
        self.left -= marks
        return self.left >= 0


def _read_inlines(state: StateCore) -> None:
    """As markdown-it's own rule, but text without marks is taken as it is, and so is what would take too long."""
    effort = _Effort(max(50_000, len(state.src) // 16))
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if _MARKED.search(token.content) and effort.allows(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        elif token.content:
            token.children = _plain_lines(token.content)


def _plain_lines(content: str) -> list[Token]:
    tokens: list[Token] = []
    for line in content.split("\n"):
        if tokens:
            tokens.append(Token("softbreak", "br", 0))
        tokens.append(Token("text", "", 0, content=line))
    return tokens


def _comment_block(state: StateBlock, line: int, last_line: int, silent: bool) -> bool:
    """Drops a comment that stands on lines of its own."""
    if state.is_code_block(line):
        return False
    start = state.bMarks[line] + state.tShift[line]
    end = _end_of_comment(state.src, start)
    if end is None:
        return False
    last = line
    while last < last_line and state.eMarks[last] < end:
        last += 1
    if last >= last_line or state.src[end : state.eMarks[last]].strip():
        return False
    if not silent:
        state.line = last + 1
    return True


def _comment_inline(state: StateInline, silent: bool) -> bool:
    """Drops a comment, and breaks the line at `<br>`."""
    if state.src[state.pos] != "<":
        return False
    end = _end_of_comment(state.src, state.pos)
    if end is None:
        found = _BREAK.match(state.src, state.pos, state.posMax)
        if found is None:
            return False
        end = found.end()
        if not silent:
            state.push("hardbreak", "br", 0)
    elif end > state.posMax:
        return False
    state.pos = end
    return True


def _end_of_comment(src: str, start: int) -> int | None:
    if not src.startswith("<!--", start):
        return None
    end = src.find("-->", start + 2, start + MAX_COMMENT)
    return None if end < 0 else end + 3


def _table(state: StateBlock, line: int, last_line: int, silent: bool) -> bool:
    """A table, unless its head has more columns than anybody would draw."""
    if state.src.count("|", state.bMarks[line], state.eMarks[line]) > MAX_COLUMNS:
        return False
    return table(state, line, last_line, silent)


def _tidy(state: StateCore) -> None:
    """Pictures become links, bare addresses links, `[ ]` a box; tables say what aligns and what heads a column."""
    block: Token | None = None
    item: Token | None = None
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children))
            if item is not None:
                _draw_box(token.children)
            if block is not None and _RIGHT_TO_LEFT.search(token.content):
                (item if item is not None and block.hidden else block).attrSet("dir", "auto")
        elif token.type in ("th_open", "td_open"):
            alignment = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            if alignment in ("right", "center"):
                token.attrSet("class", alignment)
            if token.type == "th_open":
                token.attrSet("scope", "col")
        if token.type == "list_item_open":
            item = token
        elif token.type != "paragraph_open":
            item = None
        block = token if token.type in _BLOCKS_OF_TEXT else None


def _draw_box(children: list[Token]) -> None:
    found = _TASK.match(children[0].content) if children[0].type == "text" else None
    if found:
        children[0].content = children[0].content[found.end() :]
        children.insert(0, Token("task_box", "span", 0, meta={"done": found[1] != " "}))


def _linked(children: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    leads_nowhere = False
    for token in children:
        if token.type == "image":
            yield from _picture_as_link(token, is_in_link=depth > 0)
        elif token.type == "text" and not depth and "://" in token.content:
            yield from _addresses_linked(token)
        elif token.type in ("link_open", "link_close"):
            depth += token.nesting
            if token.nesting == 1:
                leads_nowhere = not _LINK.match(str(token.attrs.get("href", "")))
                if token.info == "auto":
                    token.attrSet("class", "bare")
            if not leads_nowhere:
                yield token
        else:
            yield token


def _picture_as_link(image: Token, *, is_in_link: bool) -> Iterator[Token]:
    address = str(image.attrs.get("src", ""))
    text = Token("text", "", 0, content=plain_text(image.children or ()) or address)
    is_link = not is_in_link and _LINK.match(address)
    yield from _link_to(address, text) if is_link else [text]


def _addresses_linked(token: Token) -> Iterator[Token]:
    text, done = token.content, 0
    for found in _BARE_ADDRESS.finditer(text):
        shown = _without_punctuation(found[0])
        address = _PARSER.normalizeLink(shown)
        if not _LINK.match(address):
            continue
        if found.start() > done:
            yield Token("text", "", 0, content=text[done : found.start()])
        yield from _link_to(address, Token("text", "", 0, content=shown), is_bare=True)
        done = found.start() + len(shown)
    if done < len(text):
        yield Token("text", "", 0, content=text[done:])


def _without_punctuation(address: str) -> str:
    """The address without what ends the sentence around it: a full stop, a bracket it did not open."""
    trailing = len(address) - len(address.rstrip(".,;:!?*_~)"))
    kept = len(address) - trailing
    unclosed = address.count("(", 0, kept) - address.count(")", 0, kept)
    for character in address[kept:]:
        if character != ")" or unclosed < 1:
            break
        unclosed -= 1
        kept += 1
    return address[:kept]


def _link_to(address: str, text: Token, *, is_bare: bool = False) -> Iterator[Token]:
    kind: dict[str, str | int | float] = {"class": "bare"} if is_bare else {}
    yield Token("link_open", "a", 1, attrs={"href": address, **kind})
    yield text
    yield Token("link_close", "a", -1)


class _Renderer(RendererHTML):
    """Markdown-it's, with the box of a task and tables that scroll by themselves."""

    def task_box(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        return _BOX.format(done=" done" if tokens[idx].meta["done"] else "")

    def table_open(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        heads = []
        for token in tokens[idx:]:
            if token.type == "thead_close":
                break
            if token.type == "inline":
                heads.append(plain_text([token]))
        label = escapeHtml("Table: " + ", ".join(head for head in heads if head))
        return f'<div class="scroller" role="group" tabindex="0" aria-label="{label}"><table>\n'

    def table_close(
        self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        return "</table></div>\n"


class _Markdown(MarkdownIt):
    """Markdown-it with our rule for where a link may lead; its names are not ours to choose."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return _LINK.match(url) is not None

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        try:
            return super().normalizeLink(url)
        except (ValueError, UnicodeError):  # such as a host that IDNA cannot spell
            return ""


def _parser() -> MarkdownIt:
    parser = _Markdown(
        "commonmark", {"html": False, "maxNesting": MAX_NESTING}, renderer_cls=_Renderer
    )
    parser.enable(["strikethrough", "table"])
    parser.block.ruler.before(
        "code", "comment", _comment_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.before("autolink", "comment", _comment_inline)
    parser.core.ruler.at("inline", _read_inlines)
    parser.core.ruler.push("tidy", _tidy)
    return parser


_PARSER = _parser()
