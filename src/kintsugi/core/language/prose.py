"""Prose in Markdown: its sentences and paragraphs, and what in it is code, quotation or pasted log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,}).*?(?:^[ \t]*(?P=mark)[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_CODE = re.compile(
    r"(?P<mark>`+)(?!`).{1,2000}?(?<!`)(?P=mark)(?!`)|<!--(?:(?!<!--).)*?-->|https?://[^\s)>\]]+",
    re.DOTALL,
)
_BLOCK_QUOTE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTED = re.compile(
    r"“[^”\n]{1,300}”|\u2018[^’\n]{1,300}’(?!\w)|(?<!\w)\"[^\"\n]{1,300}\"|(?<!\w)'[^'\n]{1,300}'(?!\w)"
)
_FILLER = re.compile(r"[^\n]")

_BREAK = re.compile(
    r"(?P<block>\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*+•|]|#+|\d+[.)])[ \t]))"
    r"|(?P<stop>(?<=[.!?])[)\"”’*_]*[ \t\n]+)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|ca|cf|incl|resp|fig|mr|mrs|ms|dr)|\b[A-Z])\.$", re.IGNORECASE
)
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


def without_code(text: str) -> str:
    """The text with code, comments and addresses blanked out, character for character, so that positions hold."""
    return _CODE.sub(_blank, _FENCE.sub(_blank, text))


def without_quoted_blocks(text: str) -> str:
    """The text with code and also quoted blocks (`> `) blanked out, positions held."""
    return _BLOCK_QUOTE.sub(_blank, without_code(text))


def own_words(text: str) -> str:
    """The text with code and every quotation blanked out: what its author says in their own words."""
    return _QUOTED.sub(_blank, without_quoted_blocks(text))


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


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    marker = _MARKER.match(text, start, end)
    first = marker.end() if marker else start
    first += len(text[first:end]) - len(text[first:end].lstrip())
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


@dataclass(frozen=True, slots=True)
class LogBlock:
    """A pasted log: how many lines, and the first of them."""

    lines: int
    opening: str


def pasted_logs(text: str, longer_than: int) -> Iterator[LogBlock]:
    """Code blocks and runs of log lines longer than so many lines (practice rule 8)."""
    for block in _FENCE.finditer(text):
        inside = block[0].splitlines()[1:-1]
        if len(inside) > longer_than:
            yield LogBlock(len(inside), inside[0].strip())
    run: list[str] = []
    for line in [*_FENCE.sub(_blank, text).splitlines(), ""]:
        if _LOG_LINE.match(line):
            run.append(line)
            continue
        if len(run) > longer_than:
            yield LogBlock(len(run), run[0].strip())
        run = []
