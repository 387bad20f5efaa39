"""The rules of the house that the import linter cannot say, and the linter's own contracts."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import grimp
import pytest

import kintsugi

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

CORE_MAY_IMPORT = frozenset(
    "__future__ abc bisect collections dataclasses datetime decimal difflib enum fractions"
    " functools hashlib heapq html itertools math operator re statistics string textwrap types"
    " typing unicodedata zoneinfo".split()
)
OUTSIDE_WORLD = frozenset("socket sqlite3 subprocess time httpx2 urllib.request".split())
DISK = frozenset("os pathlib shutil tempfile".split())
OPTIONAL_EXTRAS = frozenset({"typst", "vl_convert"})
LAZY_MODULES = ("kintsugi.cli", "kintsugi.__main__", "kintsugi.kernel.jobs")
HEAVY = frozenset("typer click rich jinja2 yaml markdown_it nh3 pluggy typst vl_convert".split())


class Imported(NamedTuple):
    """One name that one module imports, and where."""

    by: str
    name: str
    line: int
    in_function: bool

    def is_from(self, *packages: str) -> bool:
        return any(f"{self.name}.".startswith(f"{package}.") for package in packages)

    def __str__(self) -> str:
        return f"{self.by}:{self.line} imports {self.name}"


def imports_in(source: str, module: str) -> Iterator[Imported]:
    """Every import in the source text, with `from a import b` told as a.b."""

    def visit(node: ast.AST, *, in_function: bool) -> Iterator[Imported]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Import(names=names):
                    for alias in names:
                        yield Imported(module, alias.name, child.lineno, in_function)
                case ast.ImportFrom(module=origin, names=names):
                    for alias in names:
                        name = f"{origin or ''}.{alias.name}"
                        yield Imported(module, name, child.lineno, in_function)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                    yield from visit(child, in_function=True)
                case _:
                    yield from visit(child, in_function=in_function)

    yield from visit(ast.parse(source), in_function=False)


def imports_under(package: str) -> list[Imported]:
    folder = SOURCE.joinpath(*package.split("."))
    files = sorted(folder.rglob("*.py"))
    assert files, f"{folder} holds no Python file"
    return [
        imported
        for file in files
        for imported in imports_in(
            file.read_text("utf-8"),
            ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"),
        )
    ]


def is_within(module: str, *packages: str) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("kintsugi", cache_dir=None)


def test_the_reader_sees_every_kind_of_import() -> None:
    source = """
import os.path, re as regex
from urllib import request
if True:
    import time
class Reader:
    import socket
    def read(self):
        from pathlib import Path
"""
    assert [(i.name, i.in_function) for i in imports_in(source, "m")] == [
        ("os.path", False),
        ("re", False),
        ("urllib.request", False),
        ("time", False),
        ("socket", False),
        ("pathlib.Path", True),
    ]


def test_core_imports_only_itself_and_a_short_list() -> None:
    strays = [
        str(imported)
        for imported in imports_under("kintsugi.core")
        if not imported.is_from("kintsugi.core", *CORE_MAY_IMPORT)
    ]
    assert strays == []


@pytest.mark.parametrize("ring", ["formats", "plugins"])
def test_formats_and_plugins_know_no_outside_world(ring: str) -> None:
    strays = [
        str(imported)
        for imported in imports_under(f"kintsugi.{ring}")
        if imported.is_from(*OUTSIDE_WORLD)
    ]
    assert strays == []


def test_formats_touch_the_disk_only_in_folder() -> None:
    strays = [
        str(imported)
        for imported in imports_under("kintsugi.formats")
        if imported.is_from(*DISK) and not is_within(imported.by, "kintsugi.formats.folder")
    ]
    assert strays == []


@pytest.mark.long
def test_imports_stand_at_the_top_of_a_file() -> None:
    hidden = [
        str(imported)
        for imported in imports_under("kintsugi")
        if imported.in_function
        and not is_within(imported.by, *LAZY_MODULES)
        and not imported.is_from(*OPTIONAL_EXTRAS)
    ]
    assert hidden == []


def test_no_cycle_among_modules(graph: grimp.ImportGraph) -> None:
    neighbours = {
        module: graph.find_modules_directly_imported_by(module) for module in graph.modules
    }
    assert_no_cycle(neighbours)


def test_no_cycle_among_the_packages_of_core(graph: grimp.ImportGraph) -> None:
    packages = graph.find_children("kintsugi.core")
    neighbours = {
        package: {
            other
            for other in packages - {package}
            if graph.direct_import_exists(importer=package, imported=other, as_packages=True)
        }
        for package in packages
    }
    assert_no_cycle(neighbours)


def assert_no_cycle(neighbours: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(neighbours).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


def test_the_contracts_of_the_linter_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_library_opens_without_the_rest_of_the_house() -> None:
    script = "import sys, kintsugi; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=SOURCE, capture_output=True, text=True, check=True
    )
    loaded = frozenset(done.stdout.split())
    assert "kintsugi" in loaded
    assert loaded & HEAVY == frozenset()


def test_the_version_is_the_same_in_code_and_package() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert kintsugi.__version__ == package["project"]["version"]


@pytest.mark.parametrize("ring", ["core", "formats", "integrations", "kernel", "server"])
def test_the_architecture_page_names_every_room(ring: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = [path.stem for path in (SOURCE / "kintsugi" / ring).iterdir()]
    named = set(re.findall(r"`(?:kernel\.|formats/|server/)?(\w+)[/`]", page))
    assert [room for room in rooms if room[0] not in "_." and room not in named] == []
