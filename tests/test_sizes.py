"""Files and functions stay short enough to read, and say what they are for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("sizes")  # so that each file is read once

ROOT = Path(__file__).parents[1]
LINES_IN_A_FILE = 400
LINES_IN_A_FUNCTION = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Facts:
    """What is asked of a file: its name from the root, its lines, its functions that are too long, who is silent."""

    file: str
    lines: int
    too_long: tuple[str, ...]
    says_what_it_is_for: bool
    silent: tuple[str, ...]


def facts_of(file: Path) -> Facts:
    name, text = str(file.relative_to(ROOT)), file.read_text("utf-8")
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return Facts(
        name,
        len(text.splitlines()),
        tuple(
            f"{name}:{node.lineno} {node.name}"
            for node in functions
            if (node.end_lineno or node.lineno) - node.lineno + 1 > LINES_IN_A_FUNCTION
        ),
        bool(ast.get_docstring(tree)),
        tuple(
            f"{name}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, Function | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ),
    )


@cache
def everything() -> tuple[Facts, ...]:
    return tuple(
        facts_of(file)
        for folder in ("src", "tests")
        for file in sorted((ROOT / folder).rglob("*.py"))
    )


def under(folder: str) -> Iterator[Facts]:
    found = [one for one in everything() if one.file.startswith(f"{folder}/")]
    assert found, f"no Python file in {folder}"
    return iter(found)


@pytest.mark.long
def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {one.file: one.lines for folder in ("src", "tests") for one in under(folder)}
    assert {file: lines for file, lines in lengths.items() if lines > LINES_IN_A_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    assert [name for one in under("src") for name in one.too_long] == []


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    assert [one.file for one in under("src") if not one.says_what_it_is_for] == []


def test_every_public_name_in_core_says_what_it_is() -> None:
    assert [name for one in under("src/kintsugi/core") for name in one.silent] == []
