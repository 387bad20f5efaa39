"""What the blame lint found, as SARIF 2.1.0: the form in which code hosts and editors read findings.

The form is OASIS, Static Analysis Results Interchange Format 2.1.0 (2020). A record in JSON or YAML has no
place of a field that would hold after it is written again, so such a finding names its field instead.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kintsugi.core.language.blame_rules import BLAME_RULES
from kintsugi.core.language.finding import Finding, LanguageRule, Level

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_INDEX = {rule.id: index for index, rule in enumerate(BLAME_RULES)}
RULE_PAGE = "docs/reference/blame-lint.md"


@dataclass(frozen=True, slots=True)
class Region:
    """Where a finding stands: lines and columns from 1, columns count characters; the end is after the last."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Located:
    """A finding in a file: with its region, or with the field of a record; with a reason if it is allowed."""

    file: str
    finding: Finding
    region: Region | None = None
    field: str = ""
    reason: str = ""


class Lines:
    """The lines of a text, to tell places by."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def region(self, start: int, end: int) -> Region:
        """The region of text[start:end]."""
        first, last = self._line(start), self._line(end)
        return Region(
            first,
            start - self._starts[first - 1] + 1,
            last,
            end - self._starts[last - 1] + 1,
        )

    def _line(self, position: int) -> int:
        return bisect_right(self._starts, position)


def rule_anchor(rule: str) -> str:
    """Where the reference tells of a rule: its page and heading."""
    return f"{RULE_PAGE}#{rule.casefold().replace('.', '')}"


def sarif(found: Iterable[Located], *, version: str) -> dict[str, Any]:
    """A SARIF log of one run with these findings; `version` is that of Kintsugi."""
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Kintsugi blame lint",
                        "semanticVersion": version,
                        "rules": [_rule(rule) for rule in BLAME_RULES],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": _results(found),
            }
        ],
    }


def _rule(rule: LanguageRule) -> dict[str, Any]:
    family, _, name = rule.id.partition(".")
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": rule.why},
        "fullDescription": {"text": f"{rule.why} {rule.rewrite}"},
        "help": {"text": f"{rule.rewrite} Source: {rule.source}. See {rule_anchor(rule.id)}."},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"family": family, "source": rule.source},
    }


def _results(found: Iterable[Located]) -> Sequence[dict[str, Any]]:
    results = []
    seen: dict[str, int] = {}
    for each in found:
        finding = each.finding
        # A baseline must know a finding again after lines above it came or went: by its words, not its place.
        known_by = f"{each.file}\0{finding.rule}\0{finding.quote.casefold()}"
        count = seen[known_by] = seen.get(known_by, 0) + 1
        mark = hashlib.sha256(f"{known_by}\0{count}".encode("utf-8", "replace")).hexdigest()[:32]
        result: dict[str, Any] = {
            "ruleId": finding.rule,
            "ruleIndex": _INDEX[finding.rule],
            "level": _LEVELS[finding.level],
            "message": {"text": f"“{finding.quote}”: {finding.why} {finding.rewrite}"},
            "locations": [_location(each)],
            "partialFingerprints": {"words/v1": mark},
        }
        if each.reason:
            result["suppressions"] = [{"kind": "inSource", "justification": each.reason}]
        results.append(result)
    return results


def _location(each: Located) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(each.file)}}
    if each.region is not None:
        physical["region"] = {
            "startLine": each.region.line,
            "startColumn": each.region.column,
            "endLine": each.region.end_line,
            "endColumn": each.region.end_column,
            "snippet": {"text": each.finding.quote},
        }
    location: dict[str, Any] = {"physicalLocation": physical}
    if each.field:
        location["logicalLocations"] = [{"fullyQualifiedName": each.field, "kind": "member"}]
    return location


def _uri(file: str) -> str:
    path = file.replace("\\", "/").removeprefix("./")
    return f"file://{quote(path)}" if path.startswith("/") else quote(path)
