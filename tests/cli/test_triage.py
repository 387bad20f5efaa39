"""`kintsugi triage`: answers by number or words, the severity with its reasons, and what is left open."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import kintsugi
from tests.formats.test_triage import GUIDE


def test_answers_come_to_a_severity_with_reasons_actions_and_roles() -> None:
    answer = kintsugi(
        "triage", "--severity", "SEV-3", "--yes", "2", "--no", "completely down", "--measured", "error rate=12%"
    )  # fmt: skip
    assert answer.code == 0
    assert answer.out.startswith("SEV-2\n  SEV-3  calculated\n  SEV-2  Error rate > 10%\n")
    assert "Check scope of impact" in answer.out
    assert "Technical Lead" in answer.out
    assert "Is the service completely down?" not in answer.out
    assert "  3. Is there data loss or corruption?" in answer.out
    assert "  Response time (> 5 s)" in answer.out


def test_it_begins_with_the_calculator_and_says_the_same_as_json() -> None:
    data = kintsugi(
        "triage", "--user-impact", "majority", "-m", "Active users affected=1,200", "--json"
    ).data
    assert data["severity"] == "SEV-1"
    assert [one["severity"] for one in data["steps"]] == ["SEV-2", "SEV-1"]
    assert data["roles"][-1] == "Scribe"
    assert kintsugi("triage", "-y", "down", "--json").data["severity"] == "SEV-1"


def test_a_checklist_of_ones_own_is_shown_and_used(tmp_path: Path) -> None:
    file = tmp_path / "triage.yaml"
    file.write_text(GUIDE, "utf-8")
    shown = kintsugi("triage", "--checklist", file, "--show-checklist").out
    assert shown == kintsugi("triage", "--show-checklist").out
    file.write_text(shown.replace("> 10%", "> 30%"), "utf-8")
    words = ("triage", "--severity", "4", "-m", "Error rate=12", "--json")
    assert kintsugi(*words).data["severity"] == "SEV-3"
    assert kintsugi(*words, "--checklist", file).data["severity"] == "SEV-4"


def test_what_it_does_not_understand_ends_with_2_and_says_what_would_be_right(
    tmp_path: Path,
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "triage_checklist:\n  impact_assessment:\n    - metric: m\n      threshold: lots\n", "utf-8"
    )
    for words, says in (
        (("--yes", "rain"), "1: Is the service completely down?"),
        (("--yes", "is"), "more than one question"),
        (("--yes", "1", "--no", "1"), "answered yes and no"),
        (("--measured", "Rain=3"), "Error rate"),
        (("--measured", "Error rate=3s"), "another unit"),
        (("--severity", "loud"), "--severity"),
        (("--severity", "1", "--user-impact", "majority"), "both given"),
        (("--checklist", str(bad)), "bad.yaml:4"),
    ):
        answer = kintsugi("triage", *words)
        assert (answer.code, says in answer.err) == (2, True), (words, answer.err)
