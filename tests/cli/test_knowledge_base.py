"""`kintsugi kb`."""

from __future__ import annotations

from pathlib import Path

from kintsugi.demo.records import demo_record
from kintsugi.formats.own_json import write_json
from tests.cli.command import kintsugi
from tests.cli.test_import import FOREIGN


def test_from_a_folder_of_markdown_to_a_base_that_is_checked(tmp_path: Path) -> None:
    base, theirs = tmp_path / "kb", tmp_path / "checkout.md"
    theirs.write_text(FOREIGN)
    made = kintsugi("kb", "init", base)
    assert made.out.splitlines()[-1] == "README.md"
    assert kintsugi("kb", "init", base).out == ""
    added = kintsugi("kb", "import", base, theirs)
    assert (added.code, added.out) == (0, "2024/01-checkout-was-down-on-june-3rd-2024\n")
    folder = base / added.out.strip()
    assert (folder / "artifacts/checkout.md").read_text() == FOREIGN
    again = kintsugi("kb", "import", base, theirs)
    assert (again.code, again.err) == (0, f"{added.out.strip()}: there already\n")
    fine = kintsugi("kb", "check", base, "--today", "2024-06-20")
    assert (fine.code, fine.out, fine.err) == (0, "", "0 findings\n")
    assert kintsugi("kb", "index", base).out == ""
    late = kintsugi("kb", "check", base, "--today", "2025-01-01", "--json")
    assert late.code == 1
    assert late.data == [
        {
            "file": f"{added.out.strip()}/postmortem.md", "line": None, "rule": "overdue",
            "message": "'Limit retries' was due on 2024-07-03",
        }
    ]  # fmt: skip


def test_records_are_added_and_postmortems_begun(tmp_path: Path) -> None:
    base, record = tmp_path / "kb", tmp_path / "record.json"
    record.write_text(write_json(demo_record()))
    kintsugi("kb", "init", base)
    assert (
        kintsugi("kb", "add", base, record).out == "2024/01-database-connection-pool-exhaustion\n"
    )
    begun = kintsugi(
        "kb", "add", base, "--title", "Search was slow", "--severity", "3", "--date", "2024-02-01"
    )
    assert begun.out == "2024/02-search-was-slow\n"
    assert "severity: SEV-3" in (base / "2024/02-search-was-slow/postmortem.md").read_text()
    assert (
        "[Search was slow](2024/02-search-was-slow/postmortem.md)"
        in (base / "README.md").read_text()
    )


def test_bad_input_is_named_and_the_others_are_added(tmp_path: Path) -> None:
    base, good, bad = tmp_path / "kb", tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(FOREIGN)
    bad.write_bytes(b"\xff\xfa\n")
    kintsugi("kb", "init", base)
    answer = kintsugi("kb", "import", base, bad, good, tmp_path / "none.md")
    assert answer.code == 2
    assert len(answer.out.splitlines()) == 1
    assert f"{bad}:1: byte 0 is not UTF-8 text" in answer.err
    assert "none.md: no such file" in answer.err
    assert kintsugi("kb", "check", tmp_path).code == 2
    assert kintsugi("kb", "init", good).code == 2
    assert kintsugi("kb", "add", base).code == 2
    assert kintsugi("kb", "add", base, good, "--title", "T").code == 2
    assert kintsugi("kb", "check", base, "--today", "soon").code == 2


def test_a_postmortem_that_changed_is_replaced_when_asked(tmp_path: Path) -> None:
    base, theirs = tmp_path / "kb", tmp_path / "checkout.md"
    theirs.write_text(FOREIGN)
    kintsugi("kb", "init", base)
    kintsugi("kb", "import", base, theirs)
    theirs.write_text(FOREIGN + "\n- and to you\n")
    assert "there already" in kintsugi("kb", "import", base, theirs).err
    assert "replaced" in kintsugi("kb", "import", base, theirs, "--replace").err
    (document,) = base.glob("2024/*/postmortem.md")
    assert "and to you" in document.read_text()


def test_the_schema_of_timelines_is_printed() -> None:
    assert kintsugi("kb", "schema").data["$id"] == "kintsugi/timeline/1"
