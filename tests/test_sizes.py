"""Files and functions stay short enough to read, and say what they are for."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES_IN_A_FILE = 400
LINES_IN_A_FUNCTION = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    assert files, f"no Python file in {folders}"
    return files


def parsed(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for file in python_files(*folders):
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for file in python_files("src", "tests")
    }
    assert {file: lines for file, lines in lengths.items() if lines > LINES_IN_A_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    too_long = [
        f"{file}:{node.lineno} {node.name}"
        for file, tree in parsed("src")
        for node in ast.walk(tree)
        if isinstance(node, Function)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LINES_IN_A_FUNCTION
    ]
    assert too_long == []


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    silent = [file for file, tree in parsed("src") if not ast.get_docstring(tree)]
    assert silent == []


def test_every_public_name_in_core_says_what_it_is() -> None:
    silent = [
        f"{file}:{node.lineno} {node.name}"
        for file, tree in parsed("src/kintsugi/core")
        for node in tree.body
        if isinstance(node, Function | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
