"""`python -m tests.soak.lint_corpus FOLDER`: the blame lint over published postmortems, held against our verdicts.

FOLDER holds `index.json`, a list of `{source, path, file}`, and the files it names. Each finding is looked for
among the verdicts of docs/reference/blame-lint-figures.md; what has none is printed as a row to be judged.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kintsugi.core.language.finding import Finding
from kintsugi.core.language.lint import lint_markdown
from kintsugi.core.shared.text import one_line
from tests.doc_pages import REFERENCE

PAGE = REFERENCE / "blame-lint-figures.md"
_ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| (?P<line>\d+) \| (?P<rule>L\d\.[\w-]+) \| (?P<words>.*?) \| (?P<verdict>\w+)\b"
)


class Judged(NamedTuple):
    """A finding in a published text."""

    file: str
    line: int
    rule: str
    words: str


def verdicts() -> dict[Judged, str]:
    """The findings of the page, each with `right` or `wrong`."""
    found = (_ROW.match(line) for line in PAGE.read_text("utf-8").splitlines())
    return {
        Judged(row["file"], int(row["line"]), row["rule"], row["words"]): row["verdict"]
        for row in found
        if row
    }


def findings(folder: Path) -> Iterator[tuple[int, list[Judged]]]:
    """Each text's number of words and what is found in it."""
    for entry in json.loads((folder / "index.json").read_text("utf-8")):
        text = (folder / entry["file"]).read_text("utf-8", "replace").replace("\r\n", "\n")
        yield (
            len(text.split()),
            [
                Judged(
                    entry["path"],
                    text.count("\n", 0, each.start) + 1,
                    each.rule,
                    _words(each),
                )
                for each in lint_markdown(text).findings
            ],
        )


def _words(finding: Finding) -> str:
    """The words found, without the names of people: they are of no use to a page about blame."""
    if finding.rule == "L4.named-person":
        return "a name"
    return re.sub(r"@[\w-]+", "@…", one_line(finding.quote)).replace("|", "\\|")


class Figures(NamedTuple):
    """What a run over the texts gives."""

    texts: int
    words: int
    found: int
    wrong: float
    unjudged: list[Judged]


def figures(folder: Path) -> Figures:
    """How many are found, how many of L1 and L2 are wrong in 10,000 words, and what nobody has judged."""
    known, read = verdicts(), list(findings(folder))
    found = [each for _, some in read for each in some]
    words = sum(count for count, _ in read)
    wrong = sum(known.get(each) == "wrong" for each in found if each.rule.startswith(("L1", "L2")))
    unjudged = [each for each in found if each not in known]
    return Figures(len(read), words, len(found), wrong / words * 10_000, unjudged)


def main() -> None:
    """Print the figures; end with 1 when a finding has no verdict."""
    told = figures(Path(sys.argv[1]))
    print(f"{told.texts} texts, {told.words:,} words, {told.found} findings")  # noqa: T201
    print(f"wrong of L1 and L2 in 10,000 words: {told.wrong:.2f}")  # noqa: T201
    for each in told.unjudged:
        print(f"| `{each.file}` | {each.line} | {each.rule} | {each.words} | ? |")  # noqa: T201
    sys.exit(bool(told.unjudged))


if __name__ == "__main__":
    main()
