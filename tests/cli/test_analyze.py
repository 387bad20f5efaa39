"""`kintsugi analyze`: incidents of files and of a server, in every form."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

FIXTURE = Path(__file__).parents[1] / "fixtures" / "incident_reports.json"
MADE = json.loads(FIXTURE.read_text("utf-8"))


@pytest.fixture
def many(tmp_path: Path) -> Path:
    file = tmp_path / "incidents.json"
    file.write_text(json.dumps(MADE["many"]["incidents"]))
    return file


def test_it_tells_figures_with_how_sure_they_are(many: Path) -> None:
    answer = kintsugi("analyze", many, "--now", "2025-03-31T00:00:00Z", "--period-days", "30")
    assert answer.code == 0
    for words in (
        "Duration, median", "(mean, heavy-tailed)", "SEV-4 (", "no more than chance makes", "By service",
        "Nothing is on record before the period", "220 rows read; 220 counted.", "▁", "How to read this",
    ):  # fmt: skip
        assert words in answer.out, words
    assert "220 times without a zone are taken as UTC" in answer.err
    assert "more could not be read" in answer.err


def test_json_has_the_guides_report_and_the_figures_beside_it(many: Path) -> None:
    answer = kintsugi(
        "analyze", many, "--now", "2025-03-31T00:00:00Z", "--period-days", "30", "--json"
    )
    guide = MADE["many"]["report"]
    assert set(answer.data["report"]) == set(guide)
    assert answer.data["report"]["summary"]["period"] == "30 days"
    assert answer.data["report"]["recommendations"] == guide["recommendations"]
    assert [one["recommendation"] for one in answer.data["judgements"]] == guide["recommendations"]
    figures = answer.data["figures"]
    assert figures["meanLabel"] == "mean, heavy-tailed"
    interval = figures["duration"]["pooled"]["medianInterval"]
    assert interval["low"] < figures["duration"]["pooled"]["median"] < interval["high"]
    assert figures["reliability"]["mtbfHours"] < figures["reliability"]["meanGapHours"]
    assert "NaN" not in answer.out
    assert "Infinity" not in answer.out


def test_an_empty_list_is_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "none.json"
    file.write_text("[]")
    answer = kintsugi("analyze", file, "--json")
    assert answer.code == 0
    summary = answer.data["report"]["summary"]
    assert (summary["total_incidents"], summary["mttr_minutes"], summary["mtbf_hours"]) == (
        0,
        None,
        None,
    )
    assert kintsugi("analyze", file).code == 0


def test_a_period_without_incidents_says_how_old_the_newest_is(many: Path) -> None:
    answer = kintsugi("analyze", many, "--period-days", "7", "--now", "2026-01-01T00:00:00Z")
    assert answer.code == 0
    assert (
        "No incident is in the period; the newest of 220 incidents is of 2025-03-30" in answer.err
    )
    assert "220 outside the period" in answer.out


@pytest.mark.long
def test_hours_are_those_of_the_zone(many: Path) -> None:
    def hours(*more: str) -> dict[str, int]:
        data = kintsugi("analyze", many, "--json", *more).data
        found: dict[str, int] = data["report"]["patterns"]["by_hour"]["distribution"]
        return found

    aware = [dict(row, timestamp=row["timestamp"] + "Z") for row in MADE["many"]["incidents"]]
    many.write_text(json.dumps(aware))
    moved = {str((int(hour) + 9) % 24): count for hour, count in hours().items()}
    assert hours("--zone", "Asia/Tokyo") == moved


def test_html_is_one_file_that_fetches_nothing(many: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    rows = [
        {**MADE["many"]["incidents"][0], "service": "<script>alert(1)</script>"},
        *MADE["many"]["incidents"],
    ]
    many.write_text(json.dumps(rows))
    assert kintsugi("analyze", many, "--html", "-o", target).code == 0
    page = target.read_text("utf-8")
    assert "<svg" in page
    assert "default-src &#39;none&#39;" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "src=" not in page
    assert "Half are over within" in page
    assert "1\u00a0h" in page, "no line ends between a number and its unit"


def test_pdf_tells_the_same(many: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    assert kintsugi("analyze", many, "--pdf", "-o", target).code == 0
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(target.read_bytes())).pages)
    assert "Duration, median" in text
    assert "checkout" in text


def test_a_folder_of_markdown_is_read_without_the_pages_made_of_others(tmp_path: Path) -> None:
    (tmp_path / "2025").mkdir()
    (tmp_path / "README.md").write_text("# Index\n")
    for day in (1, 2):
        text = f"# Outage {day}\n\n## Timeline\n\n- 2025-01-0{day} 10:00 UTC: down\n- 2025-01-0{day} 10:30 UTC: up\n"
        (tmp_path / "2025" / f"{day}.md").write_text(text)
    answer = kintsugi("analyze", tmp_path, "--json")
    assert answer.data["figures"]["incidents"] == 2
    assert answer.data["figures"]["duration"]["pooled"]["listed"] == [30, 30]


def test_one_file_that_cannot_be_read_does_not_stop_the_others(many: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    answer = kintsugi("analyze", bad, many, "--json")
    assert answer.code == 2
    assert answer.err.startswith(f"kintsugi: {bad}")
    assert answer.data["figures"]["incidents"] == 220


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "name files or folders, or --server"),
        (("--server", "x.json"), "keep the files or --server"),
        (("x.json", "--json", "--html"), "are three forms; keep one"),
        (("x.json", "--now", "soon"), "--now: 'soon' is not a time"),
        (("x.json", "--zone", "Mars"), "'Mars' is not a time zone"),
        (("gone.json",), "gone.json: no such file or directory"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(words: tuple[str, ...], problem: str) -> None:
    answer = kintsugi("analyze", *words)
    assert answer.code == 2
    assert problem in answer.err


def test_incidents_of_a_server_are_analysed(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    for title in ("Checkout fails", "Search is slow"):
        assert (
            kintsugi("incident", "declare", title, "--severity", "2", "--service", "api").code == 0
        )
    assert kintsugi("incident", "declare", "Exercise", "--drill").code == 0
    answer = kintsugi("analyze", "--server", "--json")
    assert (answer.code, answer.err) == (0, "")
    figures = answer.data["figures"]
    assert (figures["incidents"], figures["leftOut"]) == (2, 1)
    assert figures["duration"]["open"] == 2
    assert answer.data["report"]["patterns"]["by_service"] == {
        "most_incidents": "api",
        "top_5": {"api": 2},
    }


def test_a_record_that_begins_within_the_period_before_is_no_rise(many: Path) -> None:
    answer = kintsugi("analyze", many, "--now", "2025-03-31T00:00:00Z", "--period-days", "15")
    assert "Against the 15 d before" in answer.out
    assert "The record begins on 1 Mar 2025, within the time this is held against" in answer.out
    words = ("--now", "2025-03-31T00:00:00Z", "--period-days", "15", "--json")
    assert (
        kintsugi("analyze", many, *words).data["period"]["recordBegins"] == "2025-03-01T04:51:43Z"
    )


def test_what_stands_there_twice_counts_once_and_an_id_of_two_incidents_is_said(
    tmp_path: Path,
) -> None:
    row = {"id": "A", "timestamp": "2025-01-01T10:00:00Z", "duration_minutes": 5}
    other = {**row, "duration_minutes": 9}
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    one.write_text(json.dumps([row, {"timestamp": "2025-01-02T10:00:00Z"}]))
    two.write_text(json.dumps([row, other, {"timestamp": "2025-01-03T10:00:00Z"}]))
    answer = kintsugi("analyze", one, two, "--json")
    assert (answer.code, answer.data["figures"]["incidents"]) == (0, 4)
    assert answer.data["input"]["repeated"] == 1
    assert "1 incident given again, the same in all fields: counted once" in answer.err
    assert "the id A stands for 2 incidents that differ; each counts" in answer.err
    assert "row 2" not in answer.err


def test_a_decimal_comma_is_no_thousand(tmp_path: Path) -> None:
    file = tmp_path / "german.csv"
    file.write_text("timestamp;duration_minutes\n2025-01-01T10:00:00Z;30,5\n")
    answer = kintsugi("analyze", file, "--json")
    assert answer.data["figures"]["duration"]["pooled"]["listed"] == [30.5]


def test_a_file_without_one_incident_in_it_is_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_text('{"dependencies": {}}')
    assert kintsugi("analyze", file).code == 2
    file.write_text(
        '[{"timestamp": "2025-01-01T10:00:00Z",\n "title": "NaN",\n "duration_minutes": NaN}]'
    )
    answer = kintsugi("analyze", file)
    assert answer.code == 2
    assert f"{file}:3: this is not JSON: NaN is no JSON number" in answer.err
