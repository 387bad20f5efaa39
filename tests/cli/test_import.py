"""`kintsugi postmortem import`."""

from __future__ import annotations

from pathlib import Path

from kintsugi.formats.files import read_record
from tests.cli.command import kintsugi

FOREIGN = """\
# Checkout was down on June 3rd, 2024

Severity: major

## Issue summary

Nobody could pay from 14:30 to 15:10 UTC.

## Timeline (all times UTC)

- 14:30 The pool is empty
- 15:10 Back

## Follow-ups

- [x] [Alice] Alert on the pool
- Limit retries

## Thanks

To all.
"""


def written(folder: Path, name: str = "foreign.md", text: str | bytes = FOREIGN) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_json_lists_what_was_found(tmp_path: Path) -> None:
    file = written(tmp_path)
    answer = kintsugi("postmortem", "import", "--json", file)
    assert answer.code == 0
    assert answer.data == [
        {
            "file": str(file),
            "title": "Checkout was down on June 3rd, 2024",
            "severity": "SEV-2",
            "startedAt": "2024-06-03T14:30:00Z",
            "endedAt": "2024-06-03T15:10:00Z",
            "timeline": [
                {"at": "2024-06-03T14:30:00Z", "text": "The pool is empty"},
                {"at": "2024-06-03T15:10:00Z", "text": "Back"},
            ],
            "actionItems": [
                {"text": "Alert on the pool", "owner": "Alice", "done": True},
                {"text": "Limit retries", "owner": None, "done": False},
            ],
            "sections": [
                {"heading": "Checkout was down on June 3rd, 2024", "kind": "title"},
                {"heading": "Issue summary", "kind": "summary"},
                {"heading": "Timeline (all times UTC)", "kind": "timeline"},
                {"heading": "Follow-ups", "kind": "action_items"},
                {"heading": "Thanks", "kind": "other"},
            ],
        }
    ]


def test_without_json_it_writes_our_markdown(tmp_path: Path) -> None:
    answer = kintsugi("postmortem", "import", written(tmp_path))
    assert answer.code == 0
    postmortem = read_record(answer.out).postmortem
    assert postmortem.title == "Checkout was down on June 3rd, 2024"
    assert len(postmortem.timeline) == 2
    assert "| Alert on the pool | Alice |" in answer.out
    assert "## Thanks\n\nTo all." in answer.out


def test_several_files_go_to_a_folder_and_never_over_an_input(tmp_path: Path) -> None:
    first, second = written(tmp_path), written(tmp_path, "second.markdown")
    assert kintsugi("postmortem", "import", first, second, "-o", tmp_path / "ours").code == 0
    assert sorted(file.name for file in (tmp_path / "ours").iterdir()) == [
        "foreign.md",
        "second.markdown.md",
    ]
    refused = kintsugi("postmortem", "import", first, "-o", first)
    assert refused.code == 2
    assert "would replace" in refused.err
    assert first.read_text() == FOREIGN


def test_bad_input_is_named_with_its_line_and_the_others_are_done(tmp_path: Path) -> None:
    latin = written(tmp_path, "latin.md", "# T\n\nZ\u00fcrich\n".encode("latin-1"))
    empty, json_file = (
        written(tmp_path, "empty.md", " \n"),
        written(tmp_path, "record.json", '{"title": "T"}'),
    )
    missing, good = tmp_path / "missing.md", written(tmp_path)
    answer = kintsugi("postmortem", "import", "--json", latin, empty, missing, json_file, good)
    assert answer.code == 2
    assert [entry["file"] for entry in answer.data] == [str(good)]
    said = answer.err.splitlines()
    assert said[0].startswith(f"kintsugi: {latin}:3: byte 6 is not UTF-8")
    assert f"{empty}: the file is empty" in said[1]
    assert f"{missing}: no such file" in said[2]
    assert f"{json_file}:1: this is a record in JSON" in said[3]


def test_our_own_markdown_passes_through_unchanged(tmp_path: Path) -> None:
    ours = written(tmp_path, "ours.md", kintsugi("postmortem", "import", written(tmp_path)).out)
    assert kintsugi("postmortem", "import", ours).out == ours.read_text()
    (entry,) = kintsugi("postmortem", "import", "--json", ours).data
    assert (entry["startedAt"], len(entry["timeline"]), len(entry["actionItems"])) == (
        "2024-06-03T14:30:00Z",
        2,
        2,
    )


def test_a_zone_dates_clock_times(tmp_path: Path) -> None:
    file = written(tmp_path, "naive.md", "# Down on 2024-06-03\n\n## Timeline\n\n- 14:30 a\n")
    plain = kintsugi("postmortem", "import", "--json", file)
    assert plain.data[0]["timeline"][0]["at"] == "14:30"
    assert "1 clock time without a zone; --zone says which it is" in plain.err
    dated = kintsugi("postmortem", "import", "--json", "--zone", "Europe/Berlin", file)
    assert dated.data[0]["timeline"][0]["at"] == "2024-06-03T12:30:00Z"
    assert kintsugi("postmortem", "import", "--zone", "Mars/Base", file).code == 2


def test_json_takes_no_output(tmp_path: Path) -> None:
    assert (
        kintsugi("postmortem", "import", "--json", "-o", tmp_path / "x", written(tmp_path)).code
        == 2
    )
