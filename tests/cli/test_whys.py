"""`kintsugi whys`: the tree as text, JSON, Markdown and Mermaid, and what it still asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import kintsugi
from tests.core.test_why_analysis import GUIDE
from tests.formats.test_whys import NUMBERED


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "whys.md"
    made.write_text(NUMBERED, "utf-8")
    return made


def test_the_tree_is_shown_with_what_it_asks_for(file: Path) -> None:
    answer = kintsugi("whys", file, "--severity", "SEV-1")
    assert answer.code == 0
    for question, said in GUIDE:
        assert question in answer.out
        assert said in answer.out
    assert "No answer is marked" in answer.out
    assert "SEV-1 asks for 2 factors of 2 categories; here are 1 of 0." in answer.out


def test_json_has_the_guides_keys_beside_the_tree(file: Path) -> None:
    data = kintsugi("whys", file, "--json").data
    assert data["problem"] == "Website was down for 2 hours"
    assert [one["level"] for one in data["analysis"]] == [1, 2, 3, 4, 5]
    assert (data["root_cause"], data["depth"]) == (None, 5)
    assert data["recommendations"] == [
        "Ask on, until an answer is actionable and within our control."
    ]
    assert data["whys"][0]["whys"][0]["answer"] == GUIDE[1][1]
    assert data["factors"] == [{"text": GUIDE[-1][1], "category": ""}]
    assert data["open_ends"] == [GUIDE[-1][1]]
    assert data["hints"][0]["reason"]


def test_what_is_asked_about_people_gets_the_question_to_ask_instead(tmp_path: Path) -> None:
    file = tmp_path / "whys.md"
    file.write_text(
        "# Down\n\n- Why did the developer forget to renew it? Nothing reminds anybody\n"
    )
    said = kintsugi("whys", file).out
    assert "1 line about people:\n  Try: What made it easy to miss?" in said
    (hint,) = kintsugi("whys", file, "--json").data["wording"]
    assert (hint["text"], hint["about"]) == (
        "Try: What made it easy to miss?", "Nothing reminds anybody",
    )  # fmt: skip


def test_it_is_written_as_markdown_that_reads_back_and_as_mermaid(file: Path) -> None:
    markdown = kintsugi("whys", file, "--format", "markdown").out
    assert kintsugi("whys", "-", "--format", "markdown", stdin=markdown).out == markdown
    assert kintsugi("whys", file, "--format", "mermaid").out.startswith("flowchart TD\n")


def test_what_cannot_be_read_is_named_and_ends_with_2(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"whys": [{"question": 3}, 4]}', "utf-8")
    answer = kintsugi("whys", bad)
    assert answer.code == 2
    assert "bad.json:1: whys[1]: 4 is no why" in answer.err
    assert kintsugi("whys", tmp_path / "none.md").code == 2
    assert "--severity" in kintsugi("whys", bad, "--severity", "loud").err
