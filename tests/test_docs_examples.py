"""The examples of the docs give what they say."""

from __future__ import annotations

import doctest
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kintsugi.formats.plain import load_yaml
from tests.cli.command import called, wants_processes
from tests.doc_pages import FILES, Block, blocks_of, named

DATA = [
    block
    for page in FILES
    for block in blocks_of(page)
    if block.language in ("json", "yaml", "toml")
]


@pytest.mark.parametrize("block", DATA, ids=lambda block: f"{named(block.page)}-{block.language}")
def test_an_example_of_data_can_be_read(block: Block) -> None:
    readers: dict[str, Callable[[str], object]] = {
        "json": json.loads, "yaml": load_yaml, "toml": tomllib.loads,
    }  # fmt: skip
    assert readers[block.language](block.text)


def pages_with(*languages: str) -> list[Path]:
    return [page for page in FILES if any(block.language in languages for block in blocks_of(page))]


@pytest.mark.parametrize("page", pages_with("pycon"), ids=named)
def test_an_example_of_the_library_gives_what_it_says(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "pycon":
            test = doctest.DocTestParser().get_doctest(block.text, {}, named(page), None, 0)
            failed, tried = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
            assert (failed, tried > 0) == (0, True)


def steps(text: str) -> Iterator[tuple[str, str]]:
    """`$ command` lines with the output that follows each."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more
        yield command, output


@pytest.mark.long
@pytest.mark.parametrize("page", pages_with("console"), ids=named)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "NO_COLOR": "1", "HOME": str(tmp_path)}
    for block in blocks_of(page):
        if block.save_as:
            (tmp_path / block.save_as).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.save_as).write_text(block.text, "utf-8")
        if block.language != "console":
            continue
        for command, wanted in steps(block.text):
            said = printed(command, tmp_path, environment)
            agrees = doctest.OutputChecker().check_output(wanted, said, doctest.ELLIPSIS)
            assert agrees, f"$ {command}\n{said}"


def printed(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a shell prints for a command; one of ours that asks nothing of the shell needs none."""
    if not (wants_processes() or re.search(r"[^\w\s./=:@,'\"-]", command)):
        first, *words = shlex.split(command)
        if first == "kintsugi":
            out = io.BytesIO()
            called(words, out, out, b"", folder)
            return out.getvalue().decode()
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("page", pages_with("python"), ids=named)
def test_python_in_a_page_is_sound(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "python":
            exec(compile(block.text, named(page), "exec"), {"__name__": "example"})  # noqa: S102
