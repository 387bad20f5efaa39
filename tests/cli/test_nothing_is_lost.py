"""No call destroys what it was given, and no input ends in a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kintsugi.cli.limits import TemplateTooSlow, time_limit
from kintsugi.demo.records import demo_record
from kintsugi.formats.files import read_record
from kintsugi.formats.own_json import write_json
from tests.cli.command import kintsugi


@pytest.fixture
def record(tmp_path: Path) -> Path:
    file = tmp_path / "incident.json"
    file.write_text(write_json(demo_record()))
    return file


LOSSY = [
    ["generate", "--format", "json"],
    ["generate", "--format", "html"],
    ["generate", "--template", "product"],
    ["generate", "--profile", "external"],
    ["export", "--keys", "seed"],
]


@pytest.mark.parametrize("words", LOSSY, ids=" ".join)
def test_a_document_never_replaces_the_record_it_is_made_from(
    words: list[str], record: Path
) -> None:
    before = record.read_bytes()
    answer = kintsugi("postmortem", *words, record, "-o", record)
    assert answer.code == 2
    assert "cannot be had back" in answer.err
    assert record.read_bytes() == before


def test_what_reads_back_may_replace_its_source(record: Path) -> None:
    assert kintsugi("postmortem", "export", record, "--format", "md", "-o", record).code == 0
    assert read_record(record.read_bytes()).postmortem == demo_record()


def test_a_folder_of_the_inputs_is_safe_too(record: Path) -> None:
    answer = kintsugi("postmortem", "generate", record, "--format", "json", "-o", record.parent)
    assert answer.code == 2
    assert read_record(record.read_bytes()).postmortem == demo_record()


def test_file_names_in_any_script_keep_their_documents_apart(tmp_path: Path) -> None:
    names = ["障害.json", "事故.json", "größe.json"]
    for name in names:
        (tmp_path / name).write_text(write_json(demo_record()))
    folder = tmp_path / "made" / "here"
    answer = kintsugi("postmortem", "generate", *(tmp_path / name for name in names), "-o", folder)
    assert answer.code == 0
    assert {path.name for path in folder.iterdir()} == {"障害.md", "事故.md", "größe.md"}


def test_new_does_not_replace_a_postmortem_unless_told_to(record: Path) -> None:
    words = ["postmortem", "new", "--non-interactive", "--title", "T", "-o", str(record)]
    assert "--force" in kintsugi(*words).err
    assert read_record(record.read_bytes()).postmortem == demo_record()
    assert kintsugi(*words, "--force").code == 0


def test_a_link_is_written_through(record: Path, tmp_path: Path) -> None:
    link, target = tmp_path / "link.md", tmp_path / "target.md"
    target.write_text("old")
    link.symlink_to(target)
    assert kintsugi("postmortem", "generate", record, "-o", link).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("---\nschema:")


def test_one_target_that_cannot_be_written_does_not_stop_the_others(
    record: Path, tmp_path: Path
) -> None:
    other, folder = tmp_path / "other.json", tmp_path / "out"
    other.write_bytes(record.read_bytes())
    (folder / "incident.md").mkdir(parents=True)
    answer = kintsugi("postmortem", "generate", record, other, "-o", folder)
    assert answer.code == 2
    assert "incident.md: is a directory" in answer.err
    assert (folder / "other.md").is_file()


def test_answers_that_are_no_utf_8_are_kept_as_far_as_they_can_be() -> None:
    answer = kintsugi("postmortem", "new", stdin=b"caf\xe9 down\nsev2\n")
    assert answer.code == 0
    assert read_record(answer.out).postmortem.title == "caf\ufffd down"


def test_a_locale_without_unicode_changes_nothing(record: Path) -> None:
    environment = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "kintsugi", "postmortem", "check", "--json", str(record)],
        capture_output=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"INC-2024-042" in done.stdout


REFUSED = [
    ('{"title": "T", "x": ' + "[" * 900 + "]" * 900 + "}", "nested too deep"),
    ("title: T\nseverity: 1\nseverity: 2\n", "stands twice"),
    ('{"title": "T", "impact": {"affected_users": ' + "9" * 5000 + "}}", "too many digits"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=["depth", "twice", "digits"])
def test_what_could_not_be_kept_is_refused(text: str, said: str) -> None:
    answer = kintsugi("postmortem", "generate", "-", stdin=text)
    assert answer.code == 2
    assert said in answer.err


def test_a_template_that_calls_itself_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.md"
    own.write_text("---\nname: own\n---\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}\n")
    assert kintsugi("template", "check", own).code == 2


@pytest.mark.long
def test_a_template_that_never_ends_is_ended() -> None:
    def spin() -> None:
        with time_limit(1):
            while True:
                pass

    with pytest.raises(TemplateTooSlow):
        spin()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_the_generators_json_states_no_numbers_to_customers(record: Path) -> None:
    answer = kintsugi("postmortem", "generate", record, "--profile", "external", "--format", "json")
    assert answer.code == 2
    assert answer.out == ""
    answer = kintsugi(
        "postmortem", "generate", record, "--profile", "external", "--template", "sre"
    )
    assert "not written for customers" in answer.err


def test_a_level_given_twice_must_agree() -> None:
    answer = kintsugi("severity", "--user-impact", "majority", "--level", "user_impact=individual")
    assert answer.code == 2
    assert "given twice" in answer.err
