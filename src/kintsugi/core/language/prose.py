"""Prose in Markdown: its sentences and paragraphs, and what in it is code, quotation or pasted log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kintsugi.core.shared.kept import kept, kept_of_each

_FENCE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,}).*?(?:^[ \t]*(?P=mark)[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_CODE = re.compile(
    r"(?<!`)(?P<mark>`+)(?!`).{1,2000}?(?<!`)(?P=mark)(?!`)|<!--(?:(?!<!--).)*?-->|https?://[^\s)>\]]+",
    re.DOTALL,
)
_BLOCK_QUOTE = re.compile(
    r"^[ \t]*>[^\n]*(?:(?:(?<=[^\s>])|(?<=[^\s>] )|(?<=[^\s>]  ))\n(?![ \t]*(?:$|>|[-*+•|#]|\d{1,3}[.)][ \t]))[^\n]+)*",
    re.MULTILINE,
)
"""Lines that begin with `>`, and those that go on without it (CommonMark's lazy continuation)."""
_QUOTED = re.compile(
    r"“[^”\n]{1,300}”|\u2018[^’\n]{1,300}’(?!\w)|(?<!\w)\"[^\"\n]{1,300}\"|(?<!\w)'[^'\n]{1,300}'(?!\w)"
)
_QUOTES = "“\u2018\"'"
_FILLER = re.compile(r"[^\n]")

_BREAK = re.compile(
    r"(?P<block>\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*+•|]|#+|\d+[.)])[ \t]))"
    r"|(?P<stop>(?<=[.!?])[)\"”’*_]*[ \t\n]+)"
)
_BETWEEN_BLOCKS = re.compile(r"(\n[ \t]*\n)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|ca|cf|incl|resp|fig|mr|mrs|ms|dr)|\b[A-Z])\.$", re.IGNORECASE
)
LONGEST = 2_000
"""Characters: what is longer is no sentence, and is read in parts of this size, so that reading takes linear time."""
_MARKER = re.compile(r"\s*(?:#+\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+|\|\s*)?[*_]*")

_PLACEHOLDER = re.compile(
    r"\W*(?:tbd|tba|tbc|todo|fixme|xxx|to be (?:determined|decided|written|filled in|done|added))?\W*"
    r"|\[[^\]]*\](?!\()\W*|<(?!https?:)[^>]*>\W*",
    re.IGNORECASE,
)

_LOG_LINE = re.compile(
    r"\s*(?:"
    r"[\[(]?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}"
    r"|[\[(]?\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}"
    r"|[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} "
    r"|[\[(]?\d{2}:\d{2}:\d{2}[.,]\d"
    r"|[IWEF]\d{4} \d{2}:\d{2}:"
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b[\]:\s]"
    r"|(?:time|ts|level|msg)=|\{\"\w+\":"
    r"|\d{1,3}(?:\.\d{1,3}){3} .*\[\d{2}/\w{3}/\d{4}"
    r"|at [\w.$<>]+\(.*\)$|File \".*\", line \d+|Traceback \(most recent"
    r")"
)


def without_fences(text: str) -> str:
    """The text with its fenced code blanked out, positions held."""
    return _FENCE.sub(_blank, text) if "```" in text or "~~~" in text else text


@kept
def without_code(text: str) -> str:
    """The text with code, comments and addresses blanked out, character for character, so that positions hold."""
    text = without_fences(text)
    if "<!--" in text:
        return _CODE.sub(_blank, text)
    # Looking for what is not there is what takes long in a text without code.
    if "`" not in text and "http" not in text:
        return text
    return "".join(map(_without_inline_code, _BETWEEN_BLOCKS.split(text)))


@kept
def _without_inline_code(block: str) -> str:
    return _CODE.sub(_blank, block) if "`" in block or "http" in block else block


@kept
def without_quoted_blocks(text: str) -> str:
    """The text with code and also quoted blocks (`> `) blanked out, positions held."""
    plain = without_code(text)
    return _BLOCK_QUOTE.sub(_blank, plain) if ">" in plain else plain


@kept
def own_words(text: str) -> str:
    """The text with code and every quotation blanked out: what its author says in their own words."""
    plain = without_quoted_blocks(text)
    if not any(mark in plain for mark in _QUOTES):
        return plain
    return "".join(map(_without_quotations, _BETWEEN_BLOCKS.split(plain)))


@kept
def _without_quotations(block: str) -> str:
    return _QUOTED.sub(_blank, block)


def without_case(text: str) -> str:
    """The text in lower case, its letters those that a pattern without case takes for English ones."""
    return text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").lower()


def _blank(found: re.Match[str]) -> str:
    return _FILLER.sub(" ", found[0])


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it starts in the text it was taken from."""

    text: str
    start: int


def sentences(text: str) -> list[Sentence]:
    """The sentences; list items, table rows, headings and paragraphs end one too. Markers are left off."""
    found: list[Sentence] = []
    start = 0
    for place in _BREAK.finditer(text):
        if place["stop"] is not None and _ABBREVIATION.search(
            text[max(start, place.start() - 10) : place.start()]
        ):
            continue
        _add(found, text, start, place.start())
        start = place.end()
    _add(found, text, start, len(text))
    return found


@kept
def blocks(text: str) -> tuple[Sentence, ...]:
    """The parts between blank lines, each with where it starts; no sentence goes on from one to the next."""
    found: list[Sentence] = []
    start = 0
    for place in _BETWEEN_BLOCKS.finditer(text) if "\n" in text else ():
        found.append(Sentence(text[start : place.start()], start))
        start = place.end()
    found.append(Sentence(text[start:], start))
    return tuple(block for block in found if block.text.strip())


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    marker = _MARKER.match(text, start, end)
    first = marker.end() if marker else start
    first += len(text[first:end]) - len(text[first:end].lstrip())
    while end - first > LONGEST:
        space = text.rfind(" ", first + LONGEST // 2, first + LONGEST)
        cut = space if space > 0 else first + LONGEST
        found.append(Sentence(text[first:cut], first))
        first = cut
    body = text[first:end].rstrip()
    if body:
        found.append(Sentence(body, first))


def paragraphs(text: str) -> list[str]:
    """The blocks between blank lines."""
    return [block.strip() for block in re.split(r"\n[ \t]*\n", text) if block.strip()]


def is_written(text: str) -> bool:
    """Whether somebody wrote something: neither blank nor a placeholder such as TBD, `...` or [Describe it]."""
    stripped = text.strip()
    return len(stripped) > 200 or not _PLACEHOLDER.fullmatch(stripped)


def written_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of several texts that somebody wrote."""
    return _written_of(texts)


_written_of = kept_of_each(lambda text: (text,) if is_written(text) else ())


@dataclass(frozen=True, slots=True)
class LogBlock:
    """A pasted log: how many lines, and the first of them."""

    lines: int
    opening: str


def pasted_logs(text: str, longer_than: int) -> Iterator[LogBlock]:
    """Code blocks and runs of log lines longer than so many lines (practice rule 8)."""
    if text.count("\n") < longer_than and "\r" not in text:
        return
    is_fenced = "```" in text or "~~~" in text
    for block in _FENCE.finditer(text) if is_fenced else ():
        inside = block[0].splitlines()[1:-1]
        if len(inside) > longer_than:
            yield LogBlock(len(inside), inside[0].strip())
    run: list[str] = []
    plain = _FENCE.sub(_blank, text) if is_fenced else text
    for line in [*plain.splitlines(), ""]:
        if _LOG_LINE.match(line):
            run.append(line)
            continue
        if len(run) > longer_than:
            yield LogBlock(len(run), run[0].strip())
        run = []
