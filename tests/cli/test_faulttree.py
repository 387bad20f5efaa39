"""`kintsugi faulttree`: solve, check, convert, draw and example."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kintsugi.formats.faulttree.shipped import EXAMPLES
from tests.cli.command import kintsugi

WEBSITE = """down = or(server, network, app)
app = and(bug, load)
server = 0.01 ~ lognormal(3)
network = 0.005
bug = 0.1
load = 0.3
"""


@pytest.fixture
def website(tmp_path: Path) -> Path:
    file = tmp_path / "website.txt"
    file.write_text(WEBSITE)
    return file


def test_solve_prints_the_promised_keys(website: Path) -> None:
    answer = kintsugi(
        "faulttree", "solve", website, "--json", "--importance", "--uncertainty", "50"
    )
    assert (answer.code, answer.err) == (0, "")
    data = answer.data
    assert data["topEvent"] == "down"
    assert data["probability"] == pytest.approx(0.0445015)
    assert data["method"]["probability"] == "exact"
    assert (data["cutSets"]["count"], data["cutSets"]["maxOrder"]) == (3, 2)
    assert data["cutSets"]["items"][2] == {
        "order": 2, "probability": pytest.approx(0.03), "events": ["bug", "load"],
    }  # fmt: skip
    assert data["singlePointsOfFailure"] == ["server", "network"]
    assert data["paths"][0] == ["down", "server"]
    assert data["recommendations"]
    assert {row["event"] for row in data["importance"]} == {"server", "network", "bug", "load"}
    assert data["uncertainty"]["samples"] == 50
    assert data["seconds"] >= 0
    assert data["peakNodes"] > 0


def test_an_infinite_worth_is_a_word_in_json() -> None:
    tree = "t = and(a, or(b, c)); a = 0.1; b = 0.2; c = 0.3"
    data = kintsugi("faulttree", "solve", "-", "--json", "--importance", stdin=tree).data
    assert {row["event"]: row["rrw"] for row in data["importance"]}["a"] == "infinite"


def test_solve_says_how_many_cut_sets_it_does_not_list(website: Path) -> None:
    answer = kintsugi("faulttree", "solve", website, "--cut-sets", "1")
    assert "3 minimal cut sets" in answer.out
    assert "The first 1 of 3; --cut-sets lists more." in answer.out


def test_a_spent_budget_ends_in_a_partial_answer_and_exit_1(website: Path) -> None:
    answer = kintsugi("faulttree", "solve", website, "--max-nodes", "2", "--importance")
    assert answer.code == 1
    assert "probability 0.0346" not in answer.out
    assert "(bounds)" in answer.out
    assert "not finished" in answer.out
    assert "The probability is bounded, not exact" in answer.err
    data = kintsugi("faulttree", "solve", website, "--timeout", "0", "--json").data
    assert data["probability"] is None
    assert data["probabilityLow"] <= 0.0445015 <= data["probabilityHigh"]
    assert data["cutSets"]["count"] is None


@pytest.mark.parametrize("command", ["solve", "convert", "draw", "check"])
def test_a_tree_that_is_not_sound_exits_2_with_file_and_line(command: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    file.write_text("down = or(db)\n\ndb = 1.5\n")
    more = ["--to", "yaml"] if command == "convert" else []
    answer = kintsugi("faulttree", command, file, *more)
    assert answer.code == 2
    assert f"{file}:3: events.db.probability: 1.5 is no probability" in answer.err


def test_check_tells_warnings_apart_from_errors(website: Path, tmp_path: Path) -> None:
    assert kintsugi("faulttree", "check", website).code == 0
    loose = tmp_path / "loose.txt"
    loose.write_text(f"top down\n{WEBSITE}lonely = 0.1\n")
    answer = kintsugi("faulttree", "check", website, loose)
    assert answer.code == 1
    assert f"warning: {loose}:8: events.lonely" in answer.err
    told = kintsugi("faulttree", "check", loose, tmp_path / "none.txt", "--json")
    assert told.code == 2
    assert [one["findings"][0]["level"] for one in told.data] == ["warning", "error"]


@pytest.mark.parametrize("form", ["text", "yaml", "json", "mef"])
def test_a_converted_tree_has_the_same_answer(form: str, website: Path, tmp_path: Path) -> None:
    file = tmp_path / f"tree.{form}"
    assert kintsugi("faulttree", "convert", website, "--to", form, "-o", file).code == 0
    data = kintsugi("faulttree", "solve", file, "--json").data
    assert data["probability"] == pytest.approx(0.0445015)
    assert data["cutSets"]["count"] == 3


def test_a_form_that_is_not_known_is_refused_with_those_there_are(website: Path) -> None:
    answer = kintsugi("faulttree", "convert", website, "--to", "pdf")
    assert answer.code == 2
    assert "text, yaml, json, mef or mermaid" in answer.err


def test_draw_makes_an_svg_with_every_part_and_its_words(website: Path) -> None:
    answer = kintsugi("faulttree", "draw", website)
    picture = ET.fromstring(answer.out)  # noqa: S314 - our own output
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(picture.findall("{http://www.w3.org/2000/svg}g")) == 6
    assert "down is OR of server, network, app." in answer.out
    assert "var(--" in answer.out
    assert "var(--" not in kintsugi("faulttree", "draw", website, "--paper").out


def test_a_great_tree_is_drawn_as_far_as_there_is_room(tmp_path: Path) -> None:
    file = tmp_path / "great.txt"
    names = [f"e{n}" for n in range(500)]
    file.write_text(
        f"t = or({', '.join(names)})\n" + "".join(f"{name} = 0.001\n" for name in names)
    )
    out = kintsugi("faulttree", "draw", file).out
    assert len(ET.fromstring(out).findall("{http://www.w3.org/2000/svg}g")) == 150  # noqa: S314 - our own output
    assert "Not drawn: 351 parts" in out


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_sound_and_solved(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.txt"
    assert kintsugi("faulttree", "example", name, "-o", file).code == 0
    assert kintsugi("faulttree", "check", file).code == 0
    answer = kintsugi("faulttree", "solve", file, "--importance", "--uncertainty", "100")
    assert (answer.code, answer.err) == (0, "")
    assert "single point" in answer.out


def test_an_example_that_is_not_there_is_refused() -> None:
    answer = kintsugi("faulttree", "example", "moon-landing")
    assert answer.code == 2
    assert "web-service, database-with-replica or third-party" in answer.err


def test_more_cut_sets_than_anybody_writes_out_are_told_as_a_power(tmp_path: Path) -> None:
    file = tmp_path / "many.txt"
    names = [[f"e{n}x{m}" for m in range(10)] for n in range(400)]
    lines = [f"t = and({', '.join(f'g{n}' for n in range(400))})"]
    lines += [f"g{n} = or({', '.join(row)})" for n, row in enumerate(names)]
    lines += [f"{name} = 1" for row in names for name in row]
    file.write_text("\n".join(lines))
    answer = kintsugi("faulttree", "solve", file, "--cut-sets", "1")
    assert answer.code == 0
    assert "about 10^400 minimal cut sets of 400 events" in answer.out
    data = kintsugi("faulttree", "solve", file, "--cut-sets", "0", "--json").data
    assert data["cutSets"]["count"] == "about 10^400"
    assert data["cutSets"]["sumOfProbabilities"] is None
