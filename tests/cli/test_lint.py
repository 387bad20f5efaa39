"""`kintsugi lint`: files, folders and records to findings, in three forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from kintsugi.core.language.blame_rules import BLAME_RULES
from tests.cli.command import kintsugi
from tests.doc_pages import ROOT

BLAMING = "# Export down\n\n## Summary\n\nThe 🔥 team failed to see it; human error.\n"
NEUTRAL = "# Search down\n\n## Summary\n\nThe index failed to load.\n"
RECORD = {
    "incident_id": "INC-7", "title": "Export down", "root_cause": "Human error.", "owner": "alice",
    "timeline": [{"timestamp": "2025-01-15T09:00:00Z", "description": "alice forgot the flag"}],
    "contributing_factors": ["Muted alert"],
}  # fmt: skip


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_finding_has_its_place_its_reason_an_offer_and_a_source(tmp_path: Path) -> None:
    file = written(tmp_path, "a.md", BLAMING)
    answer = kintsugi("lint", file)
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert lines[0] == f"{file}:5:7: warning L2.omission: 'team failed to'"
    assert lines[2].startswith("  Try: ")
    assert lines[3].endswith("Rule: docs/reference/blame-lint.md#l2omission")
    assert lines[4].startswith(f"{file}:5:30: error L1.human-error")
    assert lines[-1] == "1 error, 1 warning, 0 hints in 1 file"


def test_json_gives_every_finding_with_the_promised_keys(tmp_path: Path) -> None:
    file = written(
        tmp_path, "a.md", f"{BLAMING}\n<!-- kintsugi-allow L1: told so -->\nHuman error\n"
    )
    first, second, third = kintsugi("lint", file, "--json").data
    rule = next(each for each in BLAME_RULES if each.id == "L2.omission")
    assert first == {
        "file": str(file), "line": 5, "column": 7, "endLine": 5, "endColumn": 21, "field": None,
        "rule": "L2.omission", "level": "warning", "quote": "team failed to", "why": rule.why,
        "rewrite": rule.rewrite, "source": rule.source, "page": "docs/reference/blame-lint.md#l2omission",
        "allowed": None,
    }  # fmt: skip
    assert (second["rule"], second["allowed"]) == ("L1.human-error", None)
    assert (third["line"], third["allowed"]) == (8, "told so")


@pytest.mark.parametrize(
    ("fail_on", "text", "code"),
    [
        ("error", "Human error", 1),
        ("error", "The team forgot it", 0),
        ("warning", "The team forgot it", 1),
        ("warning", "Of course", 0),
        ("info", "Of course", 1),
        ("info", "Fine", 0),
        ("never", "Human error", 0),
    ],
)
def test_the_exit_code_is_that_of_the_gravest_finding(fail_on: str, text: str, code: int) -> None:
    assert kintsugi("lint", "-", "--fail-on", fail_on, stdin=text).code == code


def test_rules_and_families_can_be_left_out(tmp_path: Path) -> None:
    file = written(tmp_path, "a.md", BLAMING)
    answer = kintsugi("lint", file, "--skip", "L1", "--skip", "L2.omission", "--json")
    assert (answer.code, answer.data) == (0, [])
    unknown = kintsugi("lint", file, "--skip", "L1.x")
    assert unknown.code == 2
    assert "there is no rule named 'L1.x'; expected L0, L1," in unknown.err


def test_a_folder_is_read_with_all_below_it_but_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/c.md", "a.markdown", ".hidden/d.md", "e.txt"):
        written(tmp_path, name, BLAMING)
    found = kintsugi("lint", tmp_path, "--json").data
    assert sorted({each["file"] for each in found}) == [
        str(tmp_path / "a.markdown"),
        str(tmp_path / "b/c.md"),
    ]
    (tmp_path / "empty").mkdir()
    assert "no Markdown in this folder" in kintsugi("lint", tmp_path / "empty").err


def test_a_file_that_is_not_there_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    answer = kintsugi("lint", tmp_path / "no.md", written(tmp_path, "a.md", BLAMING))
    assert answer.code == 2
    assert "no.md: no such file or directory" in answer.err
    assert "L1.human-error" in answer.out


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_record_is_read_field_by_field(tmp_path: Path, kind: str) -> None:
    text = json.dumps(RECORD) if kind == "json" else yaml.safe_dump(RECORD)
    answer = kintsugi("lint", written(tmp_path, f"r.{kind}", text), "--json")
    told = [(each["field"], each["rule"], each["line"]) for each in answer.data]
    assert told == [
        ("root_cause", "L1.human-error", None),
        ("timeline", "L2.omission", None),
    ]


def test_a_record_knows_its_people_and_how_large_it_was(tmp_path: Path) -> None:
    more = {
        "summary": "An outage of export. Alice and alice looked.",
        "impact": {"description": "Export", "affected_percent": 12}, "root_cause": "A full disk.",
        "contributing_factors": [],
    }  # fmt: skip
    answer = kintsugi("lint", written(tmp_path, "r.json", json.dumps(RECORD | more)), "--json")
    assert [(each["field"], each["rule"], each["quote"]) for each in answer.data] == [
        ("summary", "L4.outage", "outage"),
        ("summary", "L4.named-person", "Alice"),
        ("root_cause", "L6.single-cause", "A full disk."),
        ("timeline", "L2.omission", "alice forgot"),
    ]


def test_the_hook_is_one_that_pre_commit_can_run() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert hook["entry"] == "kintsugi lint"
    assert (hook["language"], hook["types"]) == ("python", ["markdown"])


def test_our_own_markdown_knows_its_people(tmp_path: Path) -> None:
    record = written(tmp_path, "r.json", json.dumps(RECORD))
    kintsugi("postmortem", "export", record, "--format", "md", "-o", tmp_path / "r.md")
    found = kintsugi("lint", tmp_path / "r.md", "--json").data
    assert {"L1.human-error", "L2.omission"} <= {each["rule"] for each in found}


# --- SARIF -----------------------------------------------------------------------------------------

STRING = {"type": "string", "minLength": 1}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": STRING}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
COUNT = {"type": "integer", "minimum": 1}
REQUIRED_BY_SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "pattern": "^https://.*sarif-schema-2.1.0.json$"},
        "runs": {"type": "array", "items": {
            "type": "object",
            "required": ["tool", "results"],
            "properties": {
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
                    "type": "object", "required": ["name"],
                    "properties": {"name": STRING, "rules": {"type": "array", "uniqueItems": True, "items": {
                        "type": "object", "required": ["id"],
                        "properties": {"id": STRING, "shortDescription": MESSAGE, "help": MESSAGE,
                                       "defaultConfiguration": {"properties": {"level": LEVEL}}},
                    }}},
                }}},
                "results": {"type": "array", "items": {
                    "type": "object",
                    "required": ["message"],
                    "properties": {
                        "message": MESSAGE, "ruleId": STRING, "ruleIndex": {"type": "integer", "minimum": 0},
                        "level": LEVEL,
                        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                        "suppressions": {"type": "array", "items": {
                            "type": "object", "required": ["kind"],
                            "properties": {"kind": {"enum": ["inSource", "external"]}, "justification": STRING},
                        }},
                        "locations": {"type": "array", "items": {"type": "object", "properties": {"physicalLocation": {
                            "type": "object", "required": ["artifactLocation"],
                            "properties": {
                                "artifactLocation": {"type": "object", "properties": {"uri": STRING}},
                                "region": {"type": "object", "properties": {
                                    "startLine": COUNT, "startColumn": COUNT, "endLine": COUNT, "endColumn": COUNT,
                                }},
                            },
                        }}}},
                    },
                }},
            },
        }},
    },
}  # fmt: skip
"""What SARIF 2.1.0 requires of a log, a run, a tool, a rule, a result and a region (OASIS, sections 3.13 to 3.35)."""


def test_sarif_has_what_its_standard_requires(tmp_path: Path) -> None:
    text = f"{BLAMING}\n<!-- kintsugi-allow L1: told so -->\nHuman error\n"
    written(tmp_path, "a b/é.md", text)
    record = written(tmp_path, "r.json", json.dumps(RECORD))
    log = kintsugi("lint", "a b", record.name, "--format", "sarif", cwd=tmp_path).data
    jsonschema.validate(log, REQUIRED_BY_SARIF)
    (run,) = log["runs"]
    assert set(run) <= {"tool", "columnKind", "results"}, "the standard allows no key of one's own"
    described = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert first["artifactLocation"] == {"uri": "a%20b/%C3%A9.md"}
    assert first["region"]["endColumn"] == 21
    reasons = [result.get("suppressions") for result in run["results"]]
    assert [{"kind": "inSource", "justification": "told so"}] in reasons
    assert run["results"][-1]["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "timeline", "kind": "member"}
    ]


def test_a_finding_keeps_its_fingerprint_when_lines_move(tmp_path: Path) -> None:
    def marks(text: str) -> list[str]:
        written(tmp_path, "a.md", text)
        log = kintsugi("lint", "a.md", "--format", "sarif", cwd=tmp_path).data
        return [each["partialFingerprints"]["words/v1"] for each in log["runs"][0]["results"]]

    before = marks(f"{BLAMING}\nHuman error again.\n")
    assert len(set(before)) == 3
    assert marks(f"New first line.\n\n{BLAMING}\nHuman error again.\n") == before


def test_nothing_found_is_an_empty_run(tmp_path: Path) -> None:
    answer = kintsugi("lint", written(tmp_path, "a.md", NEUTRAL), "--format", "sarif")
    assert (answer.code, answer.data["runs"][0]["results"]) == (0, [])
