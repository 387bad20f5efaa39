"""A base holds together: no half file, no way out of its folder, and two writers at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.formats.errors import InputError
from kintsugi.formats.folder.base import KnowledgeBase
from kintsugi.formats.folder.disk import LONGEST_NAME, Disk, safe_name
from kintsugi.formats.folder.lock import writing
from tests.formats.folder.making import TODAY, assert_whole, files_of, made, new, postmortem

KILLS = 60 if os.environ.get("SOAK") else 5
ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from kintsugi.formats.folder.base import KnowledgeBase, NewPostmortem
from tests.formats.folder.making import TODAY, new, postmortem
base = KnowledgeBase(Path(sys.argv[1]))
document = new(postmortem()).document
print("begins", flush=True)
for number in range(int(sys.argv[3])):
    named = postmortem(f"{sys.argv[2]} {number}")
    base.add([NewPostmortem(named, document, ("original.md", b"x" * 200_000))], TODAY)
    base.index()
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A process that adds so many postmortems; it has begun when this returns."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "begins\n"
    return process


def test_two_writers_at_once_lose_nothing_and_share_no_number(tmp_path: Path) -> None:
    made(tmp_path)
    writers = [writer(tmp_path, name, 8) for name in ("Ann", "Bob")]
    assert [process.wait(300) for process in writers] == [0, 0]
    folders = assert_whole(tmp_path)
    assert len(folders) == 16
    assert sorted(int(folder.split("/")[1][:2]) for folder in folders) == list(range(1, 17))
    assert KnowledgeBase(tmp_path).index() == ([], [])


@pytest.mark.long
def test_a_killed_process_leaves_no_half_of_anything(tmp_path: Path) -> None:
    made(tmp_path)
    for round_ in range(KILLS):
        process = writer(tmp_path, f"Round {round_}", 1000)
        time.sleep(0.15 * (round_ * 0.618 % 1))  # spread evenly, another moment each round
        process.kill()
        process.wait(300)
        assert_whole(tmp_path)
    base = KnowledgeBase(tmp_path)
    base.index()
    left = [entry.name for entry in (tmp_path / ".kintsugi").iterdir()]
    assert sorted(left) == [".gitignore", "lock"]
    numbers = [int(folder.split("/")[1].split("-")[0]) for folder in assert_whole(tmp_path)]
    assert len(set(numbers)) == len(numbers)


def test_a_waiting_writer_is_told_so_and_then_writes(tmp_path: Path) -> None:
    made(tmp_path)
    waits = threading.Event()
    other = threading.Thread(
        target=KnowledgeBase(tmp_path, waits.set).add, args=([new(postmortem())], TODAY)
    )
    with writing(Disk(tmp_path)):
        other.start()
        assert waits.wait(120)
        assert assert_whole(tmp_path) == []
    other.join(120)
    assert assert_whole(tmp_path) == ["2024/01-checkout-down"]


def links(outside: Path) -> list[tuple[str, Path]]:
    return [
        ("2024", outside),
        ("2024/01-checkout-down", outside),
        ("2024/01-checkout-down/postmortem.md", outside / "secret.md"),
        ("2024/01-checkout-down/timeline.json", outside / "secret.md"),
        ("README.md", outside / "secret.md"),
        ("patterns", outside),
        ("patterns/a.md", outside / "secret.md"),
        ("templates", outside),
        (".kintsugi", outside),
        (".kintsugi/lock", outside / "secret.md"),
        (".kintsugi/.gitignore", outside / "secret.md"),
    ]


@pytest.mark.parametrize("at", range(11))
def test_no_link_leads_out_of_the_folder(at: int, tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "kb"
    outside.mkdir()
    (outside / "secret.md").write_text("# canary\n")
    name, target = links(outside)[at]
    (root / name).parent.mkdir(parents=True)
    (root / name).symlink_to(target)
    (root / "2023").mkdir(exist_ok=True)
    base = KnowledgeBase(root)
    for act in (base.init, lambda: base.add([new(postmortem())], TODAY), base.index):
        with suppress(InputError, OSError):
            act()
    assert files_of(outside) == {"secret.md": b"# canary\n"}
    assert not any(b"canary" in content for content in files_of_base(root))


def files_of_base(root: Path) -> list[bytes]:
    return [
        file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and not file.is_symlink() and no_link(file, root)
    ]


def no_link(file: Path, root: Path) -> bool:
    return not any(parent.is_symlink() for parent in file.parents if root in parent.parents)


@pytest.mark.parametrize(
    "title", ["../../../etc/passwd", "..", "/", "C:\\x", "\0", "CON", "a" * 500, "日本", ".git"]
)
def test_no_title_leads_out_of_the_folder(title: str, tmp_path: Path) -> None:
    root = tmp_path / "kb"
    (added,) = made(root).add([new(postmortem(title or "x"), (title, b"original"))], TODAY)
    assert (root / added.folder / "postmortem.md").is_file()
    assert [entry.name for entry in tmp_path.iterdir()] == ["kb"]
    (artifact,) = (root / added.folder / "artifacts").iterdir()
    assert artifact.read_bytes() == b"original"


@given(st.text())
def test_a_safe_name_is_one_name_of_a_file_and_stays_the_same(name: str) -> None:
    safe = safe_name(name)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set('/\\\0:*?"<>|')
    assert not safe.startswith(".")
    assert len(safe.encode("utf-8", "replace")) <= LONGEST_NAME + 1
    assert safe_name(safe) == safe


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\0", "C:"])
def test_the_disk_takes_no_name_that_leads_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no name"):
        Disk(tmp_path).path("2024", name)


def test_a_file_keeps_its_rights_when_it_is_replaced(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.write(b"a", "x.md")
    (tmp_path / "x.md").chmod(0o640)
    assert disk.write(b"b", "x.md")
    assert (tmp_path / "x.md").stat().st_mode & 0o777 == 0o640
