"""`kintsugi alert check` and `kintsugi alert fatigue`, on files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.cli.command import kintsugi

GOOD = {
    "id": "a-1", "title": "Payments fail", "severity": 2, "service": "checkout",
    "description": "The share of failed payments is above 5% for five minutes", "timestamp": "2025-01-15T09:00:00Z",
    "metrics": {"error_rate": 0.07, "rps": 40, "p99_ms": 900}, "runbook_url": "https://runbooks.example/payments",
}  # fmt: skip
POOR = {"id": "a-2", "title": "ALERT: disk", "service": "db", "timestamp": "2025-01-15T08:30:00Z"}


def written(folder: Path, *rows: Mapping[str, object], name: str = "alerts.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(rows))
    return file


# --- check ---------------------------------------------------------------------------------------


def test_check_prints_the_promised_keys(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, POOR)
    answer = kintsugi("alert", "check", file, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.data == [
        {
            "file": str(file), "id": "a-1", "title": "Payments fail", "service": "checkout",
            "qualityScore": 100, "grade": "A", "issues": [], "actionable": True,
        },
        {
            "file": str(file), "id": "a-2", "title": "ALERT: disk", "service": "db",
            "qualityScore": 20, "grade": "F", "actionable": False,
            "issues": [
                "Description too brief", "Missing runbook", "Insufficient metrics context", "Generic alert title",
            ],
        },
    ]  # fmt: skip


def test_check_shows_a_table(tmp_path: Path) -> None:
    lines = kintsugi("alert", "check", written(tmp_path, GOOD, POOR)).out.splitlines()
    assert lines[0].endswith("alerts.json: 2 alerts, 1 actionable; A 1, F 1")
    assert lines[1].split() == [
        "Alert",
        "Score",
        "Grade",
        "Actionable",
        "Service",
        "Title",
        "Issues",
    ]
    assert lines[2].split()[:5] == ["a-1", "100", "A", "yes", "checkout"]
    assert lines[3].endswith("Missing runbook, Insufficient metrics context, Generic alert title")


def test_it_ends_with_0_unless_a_bar_is_set_and_missed(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, POOR)
    assert kintsugi("alert", "check", file).code == 0
    assert kintsugi("alert", "check", file, "--min-score", "20").code == 0
    assert kintsugi("alert", "check", file, "--min-score", "21").code == 1


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_reported(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("title,severity\nT,awful\n")
    answer = kintsugi(
        "alert", "check", "--json", bad, tmp_path / "none.json", written(tmp_path, GOOD)
    )
    assert answer.code == 2
    assert [row["id"] for row in answer.data] == ["a-1"]
    assert f"{bad}:2: severity: 'awful' is not a severity; expected SEV-1 to SEV-5" in answer.err
    assert "none.json: no such file" in answer.err


def test_standard_input_and_an_empty_list_are_fine() -> None:
    assert kintsugi("alert", "check", "-", stdin="[]").out == "<stdin>: 0 alerts, 0 actionable\n"
    assert kintsugi("alert", "check", "-", "--json", stdin="[]").data == []


def test_a_field_that_is_not_read_is_said_on_standard_error() -> None:
    answer = kintsugi("alert", "check", "-", "--json", stdin=json.dumps([GOOD | {"runbook": "x"}]))
    assert answer.code == 0
    assert (
        "<stdin>: note: the field 'runbook' is not read (did you mean runbook_url?)" in answer.err
    )


# --- fatigue -------------------------------------------------------------------------------------


def test_fatigue_prints_the_promised_keys_worst_first(tmp_path: Path) -> None:
    late = GOOD | {"timestamp": "2025-01-15T10:00:01Z"}
    file = written(tmp_path, GOOD, POOR, late)
    answer = kintsugi(
        "alert", "fatigue", file, "--window-hours", "2", "--now", "2025-01-15T10:00:00Z", "--json"
    )
    assert answer.code == 0
    assert (answer.data["now"], answer.data["windowHours"], answer.data["outside"]) == (
        "2025-01-15T10:00:00Z", 2, 1,
    )  # fmt: skip
    first, second = answer.data["services"]
    assert first == {
        "service": "db", "totalAlerts": 1, "alertsPerHour": 0.5, "noiseRatio": 100.0,
        "fatigueLevel": "CRITICAL", "noisyAlerts": 1,
        "alertsPerHourInterval": {"low": 0.0127, "high": 2.7858, "level": 0.95},
        "noiseRatioInterval": {"low": 2.5, "high": 100.0, "level": 0.95},
    }  # fmt: skip
    assert (second["service"], second["fatigueLevel"]) == ("checkout", "LOW")


def test_fatigue_counts_only_its_window_and_says_what_is_outside(tmp_path: Path) -> None:
    old = POOR | {"timestamp": "2025-01-13T08:30:00Z"}
    answer = kintsugi(
        "alert", "fatigue", written(tmp_path, GOOD, old), "--now", "2025-01-15T10:00:00Z"
    )
    lines = answer.out.splitlines()
    assert lines[0] == "24 h to 2025-01-15T10:00:00Z: 1 alert; 1 outside the window"
    assert lines[2].split() == [
        "checkout",
        "LOW",
        "1",
        "0.04",
        "0.00",
        "to",
        "0.23",
        "0%",
        "0",
        "to",
        "98",
    ]


def test_without_a_now_the_window_ends_now_and_old_alerts_are_pointed_out(tmp_path: Path) -> None:
    answer = kintsugi("alert", "fatigue", written(tmp_path, GOOD))
    assert answer.code == 0
    assert "the newest is of 2025-01-15T09:00:00Z" in answer.err
    assert "0 alerts; 1 outside the window" in answer.out


def test_an_alert_without_a_time_is_refused_by_its_row(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, {"title": "T"})
    answer = kintsugi("alert", "fatigue", file)
    assert answer.code == 2
    assert f"{file}: alerts[1].timestamp: is missing; expected an ISO time" in answer.err


def test_a_now_without_a_zone_is_utc_and_said_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    naive = kintsugi("alert", "fatigue", file, "--now", "2025-01-15T10:00:00", "--json")
    assert naive.data["now"] == "2025-01-15T10:00:00Z"
    assert "--now without a zone is taken as UTC" in naive.err
    zoned = kintsugi(
        "alert", "fatigue", file, "--now", "2025-01-15T10:00:00", "--json", "--zone", "Asia/Tokyo"
    )
    assert zoned.data["now"] == "2025-01-15T01:00:00Z"
    for bad in ("soon", "14:35"):
        answer = kintsugi("alert", "fatigue", file, "--now", bad)
        assert answer.code == 2
        assert f"--now: '{bad}'" in answer.err


def test_a_window_of_no_length_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    assert kintsugi("alert", "fatigue", file, "--window-hours", "0").code == 2
    assert kintsugi("alert", "fatigue", file, "--window-hours", "nan").code == 2


def test_they_load_no_server() -> None:
    script = (
        "import sys; from kintsugi.cli import alert\n"
        "print(*sorted(name for name in sys.modules if name.startswith('kintsugi.')"
        " and name.split('.')[1] not in ('cli', 'core', 'formats')), 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
