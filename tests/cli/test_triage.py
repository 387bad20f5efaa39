"""`kintsugi triage`: answers by number or words, the severity with its reasons, and what is left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.formats.test_triage import GUIDE
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name


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


@pytest.mark.long
def test_answers_are_added_to_those_of_an_incident_and_set_its_severity(
    live: Live,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    declared = kintsugi("incident", "declare", "Checkout fails", "--severity", "4", "--json").data
    ours = ("triage", "--incident", declared["reference"])
    assert kintsugi(*ours).out.startswith("SEV-4\n  SEV-4  as somebody said\nOpen:\n  1. ")
    tried = kintsugi(*ours, "--measured", "Error rate=12%", "--dry-run").out
    assert "The incident has SEV-4." in tried
    assert kintsugi(*ours, "-m", "Error rate=12%", "-n", "1", "--json").data["severity"] == "SEV-3"
    said = kintsugi(*ours, "--yes", "2", "--user-impact", "majority", "--json").data
    assert (said["severity"], len(said["answers"])) == ("SEV-1", 4)
    said = kintsugi(*ours, "--unknown", "error rate", "--unknown", "user-impact", "--json").data
    assert (said["severity"], said["measured"], said["impacts"]) == ("SEV-4", {}, {})
    differs = kintsugi(*ours, "--set", "2")
    assert (differs.code, "reason" in differs.err) == (2, True)
    assert kintsugi(*ours, "--set", "2", "--reason", "A VIP", "--json").data["severity"] == "SEV-2"
    assert kintsugi(*ours, "--show-checklist").out == kintsugi("triage", "--show-checklist").out
    assert kintsugi("triage", "--incident", "INC-99").code == 2
    assert kintsugi("triage", "--set", "2").code == 2
