"""`kintsugi lint`: what the words of postmortems say of people, in any Markdown and in records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Annotated, Any

import typer

from kintsugi import __version__
from kintsugi.cli import options
from kintsugi.cli.inputs import STDIN, files_meant, read_text, shown
from kintsugi.cli.output import BAD_INPUT, FINDINGS, note, print_json, with_progress
from kintsugi.core.language.blame_rules import BLAME_RULES
from kintsugi.core.language.finding import Level
from kintsugi.core.language.lint import lint_markdown
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import one_line, plural, shortened
from kintsugi.formats.sarif import Lines, Located, rule_anchor, sarif

HELP = "Find words that blame people, in any Markdown and in records."
_RECORDS = (".json", ".yaml", ".yml")
_RANK = {Level.INFO: 0, Level.WARNING: 1, Level.ERROR: 2}
_RULES = tuple(rule.id for rule in BLAME_RULES)


class FailOn(Enum):
    """The least grave finding at which the command ends with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


class Format(Enum):
    """How the findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Markdown, records in JSON or YAML, or folders of Markdown; - is standard input.",
    ),
]
Fails = Annotated[
    FailOn, typer.Option("--fail-on", help="Exit 1 when a finding is at least this grave.")
]
Skipped = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="RULE", help="Leave out a rule (L4.outage) or a family (L4)."),
]


def lint(
    files: Paths,
    fail_on: Fails = FailOn.ERROR,
    format_: Annotated[Format, typer.Option("--format", "-f", help="text, json or sarif.")] = (
        Format.TEXT
    ),
    skip: Skipped = None,
    as_json: options.Json = False,
) -> None:
    """Find words that blame people, and say what to ask instead.

    Each finding has its rule, its place, why it matters, an offer and a source. Exits 1 when one is at
    least as grave as --fail-on, 2 when a file cannot be read.
    """
    skipped = _known_rules(skip or [])
    found: list[Located] = []
    failed = False
    listed, count = list(files_meant(files)), 0
    for file in with_progress(listed, "Reading"):
        try:
            found += (each for each in _read(file) if not skipped & _names_of(each))
            count += 1
        except DomainError as error:
            note(f"kintsugi: {error}")
            failed = True
    _write(found, Format.JSON if as_json else format_, count)
    if failed:
        raise typer.Exit(BAD_INPUT)
    if any(_fails(each, fail_on) for each in found):
        raise typer.Exit(FINDINGS)


def _known_rules(names: Sequence[str]) -> frozenset[str]:
    families = {rule.split(".")[0] for rule in _RULES}
    for name in names:
        if name not in families and name not in _RULES:
            raise InvalidValue(
                f"there is no rule named {name[:60]!r}",
                expected=", ".join((*sorted(families), *_RULES)),
            )
    return frozenset(names)


def _names_of(each: Located) -> frozenset[str]:
    return frozenset({each.finding.rule, each.finding.rule.split(".")[0]})


def _fails(each: Located, fail_on: FailOn) -> bool:
    if fail_on is FailOn.NEVER or each.reason:
        return False
    return _RANK[each.finding.level] >= _RANK[Level(fail_on.value)]


def _read(file: str) -> Iterator[Located]:
    text = read_text(file).replace("\r", "\n")
    is_record = file.casefold().endswith(_RECORDS) or (
        file == STDIN and text.lstrip().startswith("{")
    )
    return _of_record(file, text) if is_record else found_in_markdown(file, text)


def found_in_markdown(file: str, text: str) -> Iterator[Located]:
    linted = lint_markdown(text, people=_people_of(text))
    lines, name = Lines(text), shown(file)
    for finding in linted.findings:
        yield Located(name, finding, lines.region(finding.start, finding.end))
    for allowed in linted.allowed:
        region = lines.region(allowed.finding.start, allowed.finding.end)
        yield Located(name, allowed.finding, region, reason=allowed.reason)


def _people_of(text: str) -> tuple[str, ...]:
    """The people that a postmortem of ours names; of any other Markdown nobody is known beforehand."""
    if not text.startswith("---\n") or "\nschema:" not in text[:20_000]:
        return ()
    from kintsugi.core.postmortems.rules_analysis import known_people
    from kintsugi.formats.files import read_record

    try:
        return known_people(read_record(text).postmortem)
    except DomainError:
        # Hand-edited beyond reading: its words can be read all the same.
        return ()


def _of_record(file: str, text: str) -> Iterator[Located]:
    from kintsugi.core.postmortems.blame import lint_record
    from kintsugi.formats.files import read_record

    name = shown(file)
    for each in lint_record(read_record(text, file=name).postmortem):
        for finding in each.findings:
            yield Located(name, finding, field=each.field)
        for allowed in each.allowed:
            yield Located(name, allowed.finding, field=each.field, reason=allowed.reason)


def _write(found: Sequence[Located], format_: Format, files: int) -> None:
    if format_ is Format.SARIF:
        print_json(sarif(found, version=__version__))
    elif format_ is Format.JSON:
        print_json([_as_data(each) for each in found])
    else:
        typer.echo(_as_text(found, files))


def _as_data(each: Located) -> dict[str, Any]:
    finding, region = each.finding, each.region
    return {
        "file": each.file,
        "line": region.line if region else None,
        "column": region.column if region else None,
        "endLine": region.end_line if region else None,
        "endColumn": region.end_column if region else None,
        "field": each.field or None,
        "rule": finding.rule,
        "level": finding.level.value,
        "quote": finding.quote,
        "why": finding.why,
        "rewrite": finding.rewrite,
        "source": finding.source,
        "page": rule_anchor(finding.rule),
        "allowed": each.reason or None,
    }


def _as_text(found: Sequence[Located], files: int) -> str:
    standing = [each for each in found if not each.reason]
    lines: list[str] = []
    for each in standing:
        finding, region = each.finding, each.region
        place = f"{region.line}:{region.column}" if region else each.field
        quote = shortened(one_line(finding.quote), 80)
        lines += [
            f"{each.file}:{place}: {finding.level.value} {finding.rule}: {quote!r}",
            f"  {finding.why}",
            f"  Try: {finding.rewrite}",
            f"  Source: {finding.source}. Rule: {rule_anchor(finding.rule)}",
        ]
    allowed = len(found) - len(standing)
    counts = [
        plural(sum(each.finding.level is level for each in standing), word)
        for level, word in (
            (Level.ERROR, "error"),
            (Level.WARNING, "warning"),
            (Level.INFO, "hint"),
        )
    ]
    lines.append(
        f"{', '.join(counts)} in {plural(files, 'file')}"
        + (f", {allowed} allowed" if allowed else "")
    )
    return "\n".join(lines)
