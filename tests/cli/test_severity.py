"""`kintsugi severity`."""

from __future__ import annotations

from pathlib import Path

from kintsugi.demo.records import demo_record
from kintsugi.formats.own_json import write_json
from tests.cli.command import kintsugi


def test_the_answer_has_the_promised_keys() -> None:
    answer = kintsugi(
        "severity", "--user-impact", "majority", "--revenue-impact", "no_loss", "--json"
    )
    assert answer.data == {
        "severity": "SEV-2",
        "responseRequirements": {
            "responseTimeMinutes": 30, "notification": ["page_oncall", "manager_notification"],
            "incidentCommander": True, "statusPage": True, "customerComms": False,
        },
    }  # fmt: skip


def test_nothing_known_is_sev_5_and_says_so() -> None:
    data = kintsugi("severity", "--json").data
    assert (data["severity"], data["note"]) == ("SEV-5", "nothing known yet")
    assert data["responseRequirements"]["responseTimeMinutes"] is None


def test_an_unknown_level_is_refused_with_the_ones_there_are() -> None:
    answer = kintsugi("severity", "--security", "stolen_laptop")
    assert answer.code == 2
    assert "active_breach" in answer.err


def test_a_record_is_calibrated_by_the_table_that_is_shown() -> None:
    answer = kintsugi("severity", "--from", "-", "--json", stdin=write_json(demo_record()))
    assert answer.data["severity"] == "SEV-3"
    assert answer.data["declared"] == "SEV-2"
    assert answer.data["calibration"] == {"verdict": "declared too high", "steps": 1}
    assert {
        "category": "user_impact",
        "level": "significant_subset",
        "because": "affected_users 5,000 is at least 1,000",
    } in (answer.data["derived"])
    assert (
        "measured SEV-3" in kintsugi("severity", "--from", "-", stdin=write_json(demo_record())).out
    )


def test_the_criteria_can_be_printed_changed_and_used(tmp_path: Path) -> None:
    criteria = tmp_path / "criteria.yaml"
    criteria.write_text(kintsugi("severity", "--show-criteria").out)
    same = kintsugi("severity", "--criteria", criteria, "--user-impact", "individual", "--json")
    assert same.data["severity"] == "SEV-5"
    criteria.write_text(criteria.read_text().replace("individual: 1", "individual: 4"))
    changed = kintsugi("severity", "--criteria", criteria, "--user-impact", "individual", "--json")
    assert changed.data["severity"] == "SEV-2"


def test_bad_criteria_are_refused_with_file_and_line(tmp_path: Path) -> None:
    criteria = tmp_path / "criteria.yaml"
    criteria.write_text("categories:\n  user_impact:\n    all_users: many\n")
    answer = kintsugi("severity", "--criteria", criteria)
    assert answer.code == 2
    assert f"{criteria}:3: categories.user_impact.all_users" in answer.err
