"""`kintsugi postmortem generate` and `export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kintsugi.demo.records import demo_record, samples
from kintsugi.formats.files import read_record
from kintsugi.formats.own_json import own_data
from tests.cli.command import kintsugi


@pytest.fixture
def record(tmp_path: Path) -> Path:
    file = tmp_path / "incident.json"
    file.write_text(json.dumps({
        "incident_id": "INC-7", "title": "Checkout down", "severity": "sev1", "date": "2024-03-15",
        "summary": "No card could be charged for 30 minutes.", "root_cause": "A pool limit of 10.",
        "timeline": [{"timestamp": "09:15", "description": "Alerts fire", "actor": "PagerDuty"}],
    }))  # fmt: skip
    return file


def test_the_demo_is_the_generators_postmortem() -> None:
    answer = kintsugi("postmortem", "generate", "--demo")
    assert answer.code == 0
    assert answer.out.startswith("---\nschema: kintsugi/postmortem/1\n")
    assert read_record(answer.out).postmortem == demo_record()


def test_the_demo_as_json_has_the_generators_keys_and_words() -> None:
    data = kintsugi("postmortem", "generate", "--demo", "--format", "json").data
    assert list(data) == [
        "incident_id",
        "title",
        "severity",
        "date",
        "sections",
        "action_items",
        "quality_score",
    ]
    assert (data["severity"], data["quality_score"]) == ("sev2", 100)
    assert data["sections"]["impact"].endswith("Severity Score: 45.0/100")
    assert data["action_items"][1] == {
        "id": "A2", "description": "Implement circuit breaker", "owner": "bob", "priority": "critical",
        "status": "open", "due_date": "",
    }  # fmt: skip


def test_standard_input_is_read(record: Path) -> None:
    answer = kintsugi(
        "postmortem", "generate", "-", "--template", "product", stdin=record.read_bytes()
    )
    assert answer.code == 0
    assert answer.out.startswith("# Checkout down\n")


def test_a_file_is_written_whole_or_not_at_all(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    assert kintsugi("postmortem", "generate", record, "-o", target).code == 0
    before = target.read_bytes()
    record.write_text('{"title": ')
    answer = kintsugi("postmortem", "generate", record, "-o", target)
    assert answer.code == 2
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["incident.json", "out.md"], (
        "nothing is left over"
    )


def test_one_bad_file_among_many_is_named_and_the_others_are_written(
    record: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"title": "x",\n "severity": "sev9"}')
    folder = tmp_path / "out"
    folder.mkdir()
    answer = kintsugi("postmortem", "generate", record, bad, "-o", folder)
    assert answer.code == 2
    assert f"{bad}:2: severity: 'sev9' is not a severity" in answer.err
    assert [path.name for path in folder.iterdir()] == ["incident.md"]


def test_several_files_of_one_name_do_not_overwrite_each_other(
    record: Path, tmp_path: Path
) -> None:
    other = tmp_path / "more"
    other.mkdir()
    (other / record.name).write_bytes(record.read_bytes())
    answer = kintsugi("postmortem", "generate", record, other / record.name, "-o", other)
    assert answer.code == 0
    assert {"incident.md", "incident-2.md"} <= {path.name for path in other.iterdir()}


CALLS: list[tuple[list[str], str]] = [
    (["postmortem", "generate"], "no FILE"),
    (["postmortem", "generate", "nowhere.json"], "nowhere.json: no such file"),
    (["postmortem", "generate", "--demo", "--template", "nope"], "no template named 'nope'"),
    (["postmortem", "generate", "--demo", "--template", "./nope.md"], "nope.md: no such file"),
    (["postmortem", "generate", "--demo", "--scenario", "nope"], "no scenario named 'nope'"),
    (["postmortem", "generate", "--demo", "--format", "docx"], "docx"),
    (["postmortem", "generate", "--demo", "-o", "no/such/folder/x.md"], "there is no folder"),
    (["postmortem", "generate", "-", "--zone", "Mars"], "zone"),
    (["postmortem", "nope"], "nope"),
    (["nope"], "nope"),
]


@pytest.mark.parametrize(("words", "said"), CALLS, ids=range(len(CALLS)))
def test_a_wrong_call_ends_with_2_and_says_what_is_wrong(
    words: list[str], said: str, tmp_path: Path
) -> None:
    answer = kintsugi(
        *words, cwd=tmp_path, stdin='{"title": "T", "date": "2024-01-01", "timeline": ["10:00 a"]}'
    )
    assert answer.code == 2
    assert said in answer.err


def test_external_shows_only_what_is_meant_for_customers() -> None:
    sample = next(sample for sample in samples() if sample.name == "payments-connection-pool")
    answer = kintsugi("postmortem", "generate", "-", "--profile", "external", stdin=sample.source)
    assert sample.postmortem.external.summary in answer.out
    assert sample.postmortem.root_cause not in answer.out
    for person in (
        sample.postmortem.commander,
        sample.postmortem.owner,
        *sample.postmortem.contributors,
    ):
        assert person not in answer.out


def test_export_reads_back_to_the_same_value() -> None:
    for form in ("json", "yaml", "md"):
        answer = kintsugi(
            "postmortem", "export", "-", "--format", form, stdin=json.dumps(own_data(demo_record()))
        )
        assert read_record(answer.out).postmortem == demo_record(), form


def test_html_is_one_file_that_asks_for_nothing_else(record: Path) -> None:
    page = kintsugi("postmortem", "generate", record, "--format", "html").out
    assert page.lower().startswith("<!doctype html>")
    assert "Checkout down" in page
    assert 'src="http' not in page
    assert "<script" not in page


def test_pdf_goes_to_a_file_and_to_a_pipe(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    assert kintsugi("postmortem", "generate", record, "--format", "pdf", "-o", target).code == 0
    assert target.read_bytes().startswith(b"%PDF-")
    assert kintsugi("postmortem", "generate", record, "-f", "pdf").raw.startswith(b"%PDF-")


def test_notes_stand_apart_from_the_result() -> None:
    data: dict[str, Any] = {
        "title": "T",
        "sumary": "x",
        "timeline": [{"time": "2024-01-01T10:00", "text": "a"}],
    }
    answer = kintsugi("postmortem", "generate", "-", stdin=json.dumps(data))
    assert "did you mean summary?" in answer.err
    assert "is taken as UTC" in answer.err
    assert "did you mean" not in answer.out


def test_a_users_own_template_is_used_from_where_it_lies(tmp_path: Path) -> None:
    own = tmp_path / "own.md"
    own.write_text("---\nname: own\nfront_matter: false\n---\n= {{ title }} =\n")
    assert (
        kintsugi("postmortem", "generate", "--demo", "-t", own).out
        == "= Database connection pool exhaustion =\n"
    )


def test_the_schema_describes_what_export_writes() -> None:
    schema = kintsugi("postmortem", "schema").data
    jsonschema.Draft202012Validator.check_schema(schema)
    for sample in samples():
        jsonschema.validate(own_data(sample.postmortem), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**own_data(demo_record()), "severity": "SEV-9"}, schema)
