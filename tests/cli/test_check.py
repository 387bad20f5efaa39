"""`kintsugi postmortem check`."""

from __future__ import annotations

import json
from pathlib import Path

from kintsugi.demo.records import demo_record
from kintsugi.formats.own_json import write_json
from tests.cli.command import kintsugi


def demo(folder: Path) -> Path:
    file = folder / "demo.json"
    file.write_text(write_json(demo_record()))
    return file


def test_basic_prints_the_promised_keys(tmp_path: Path) -> None:
    file, empty = demo(tmp_path), tmp_path / "empty.json"
    empty.write_text('{"incidentId": "inc_1", "title": "T", "severity": 3}')
    answer = kintsugi("postmortem", "check", "--profile", "basic", "--json", file, empty)
    assert answer.code == 0
    assert answer.data == [
        {"file": str(file), "incidentId": "INC-2024-042", "severityScore": 45.0, "qualityScore": 100.0, "missing": []},
        {
            "file": str(empty), "incidentId": "inc_1", "severityScore": 0.0, "qualityScore": 0.0,
            "missing": ["root_cause", "trigger", "timeline", "summary", "what_went_well", "what_went_poorly"],
        },
    ]  # fmt: skip


def test_every_point_is_explained() -> None:
    answer = kintsugi(
        "postmortem", "check", "--profile", "basic", "-", stdin=write_json(demo_record())
    )
    assert "Completeness 100 of 100" in answer.out
    assert "5,000 is more than 1,000" in answer.out
    assert "45 min is more than 15 min" in answer.out


def test_it_ends_with_0_unless_a_bar_is_set_and_missed(tmp_path: Path) -> None:
    thin = tmp_path / "thin.json"
    thin.write_text(json.dumps({"title": "T", "summary": "S", "root_cause": "R"}))
    assert kintsugi("postmortem", "check", thin).code == 0
    assert (
        kintsugi("postmortem", "check", thin, "--profile", "basic", "--min-score", "20").code == 0
    )
    assert (
        kintsugi("postmortem", "check", thin, "--profile", "basic", "--min-score", "21").code == 1
    )
    assert kintsugi("postmortem", "check", thin, "--require").code == 1
    assert (
        kintsugi("postmortem", "check", demo(tmp_path), "--profile", "basic", "--require").code == 0
    )


def test_full_has_every_rule_with_its_explanation() -> None:
    data = kintsugi("postmortem", "check", "--json", "-", stdin=write_json(demo_record())).data[0]
    assert 0 < data["qualityScore"] < 100
    assert "where_we_got_lucky" in data["missing"]
    assert round(sum(rule["points"] for rule in data["rules"]), 1) == data["qualityScore"]
    assert all(rule["explanation"] for rule in data["rules"])


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_reported(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: T\nimpact: {duration_minutes: -1}\n")
    answer = kintsugi("postmortem", "check", "--json", bad, demo(tmp_path))
    assert answer.code == 2
    assert len(answer.data) == 1
    assert f"{bad}:2: impact.duration_minutes: the duration is negative" in answer.err
