"""The documents stay true: what they list is all there is, and their examples give what they say."""

from __future__ import annotations

import ast
import doctest
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import pytest
import typer

import kintsugi
from kintsugi.cli.app import build_app
from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.postmortems.completeness import assess_full
from kintsugi.core.postmortems.document import LinkKind, Postmortem
from kintsugi.core.postmortems.quality import assess_basic
from kintsugi.core.postmortems.rules import Settings
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.times import ClockTime
from kintsugi.formats.errors import InputError
from kintsugi.formats.markdown.templating import (
    SHIPPED,
    parse_template,
    shipped_template,
    template_variables,
)
from kintsugi.formats.own_json import json_schema
from kintsugi.formats.plain import load_yaml
from kintsugi.formats.scenarios import SCENARIOS
from kintsugi.formats.spellings import SPELLINGS, written_key
from kintsugi.kernel.config import described
from kintsugi.plugins import hookspecs

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
FILES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_FENCE = re.compile(r"^(`{3,})")
_LINK = re.compile(r"(?<!\\)\]\(<?([^)>\s]+)>?\)|<img[^>]* src=\"([^\"]+)\"")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


class Block(NamedTuple):
    """A code block: the file it stands in, its language, the name to save it under, its text."""

    page: Path
    language: str
    save_as: str
    text: str


@cache
def blocks_of(page: Path) -> tuple[Block, ...]:
    text = page.read_text("utf-8")
    found = re.finditer(
        r"(?:<!-- file: (?P<file>\S+) -->\n\n?)?^(?P<fence>`{3,})(?P<language>\S*)\n(?P<text>.*?)^(?P=fence)$",
        text,
        re.MULTILINE | re.DOTALL,
    )
    return tuple(Block(page, each["language"], each["file"] or "", each["text"]) for each in found)


def prose_of(page: Path) -> list[str]:
    """The lines of a page that are not in a code block."""
    kept, fence = [], ""
    for line in page.read_text("utf-8").splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or line.rstrip() == fence):
            fence = "" if fence else mark[1]
        elif not fence:
            kept.append(line)
    return kept


def headings_of(page: Path) -> list[str]:
    return [line.lstrip("#").strip() for line in prose_of(page) if re.match(r"#{1,6} ", line)]


def section(page: Path, heading: str) -> str:
    """The text under a heading, up to the next of its level or above."""
    text = page.read_text("utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found, f"{named(page)} has no heading {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> dict[str, str]:
    """The rows of the tables in a text by their first `code`."""
    return {found[1]: found[0] for found in re.finditer(r"^\| `([^`]+)`.*$", text, re.MULTILINE)}


# --- what is listed is all there is --------------------------------------------------------------


class Command(NamedTuple):
    """A command as a person types it, with the names of its options and arguments."""

    name: str
    options: frozenset[str]
    arguments: tuple[str, ...]


def commands() -> Iterator[Command]:
    def walk(name: str, command: object) -> Iterator[Command]:
        for word, child in getattr(command, "commands", {}).items():
            yield from walk(f"{name} {word}", child)
        if hasattr(command, "commands"):
            return
        parameters = getattr(command, "params", [])
        options = [each for each in parameters if each.param_type_name == "option"]
        yield Command(
            name,
            frozenset(name for each in options for name in (*each.opts, *each.secondary_opts)),
            tuple(each.name for each in parameters if each not in options),
        )

    yield from walk("kintsugi", typer.main.get_command(build_app()))


COMMANDS = {command.name: command for command in commands()}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_command_and_option_is_in_the_reference(command: Command) -> None:
    text = section(REFERENCE / "cli.md", command.name)
    told = re.findall(r"`(--?[\w-]+)`", "\n".join(re.findall(r"^\| `-.*$", text, re.MULTILINE)))
    assert command.options <= set(told)
    for name in command.arguments:
        assert re.search(rf"\b({name.upper()}|{name.upper().removesuffix('S')})\b", text)


def test_the_reference_names_no_command_or_option_that_is_not_there() -> None:
    page = REFERENCE / "cli.md"
    told = [heading for heading in headings_of(page) if heading.startswith("kintsugi ")]
    assert set(told) == set(COMMANDS)
    for name in told:
        options = re.findall(r"^\| `(--?[\w-]+)`", section(page, name), re.MULTILINE)
        assert set(options) <= COMMANDS[name].options


def test_every_hook_has_a_heading() -> None:
    hooks = [name for name in vars(hookspecs) if name.startswith("kintsugi_")]
    assert hooks
    assert set(hooks) <= set(headings_of(REFERENCE / "hooks.md"))


@pytest.mark.parametrize("names", [SHIPPED, SCENARIOS], ids=["templates", "scenarios"])
def test_every_template_and_scenario_is_in_the_reference(names: tuple[str, ...]) -> None:
    assert set(names) <= set(rows((REFERENCE / "templates.md").read_text("utf-8")))


def test_every_section_name_is_in_the_reference() -> None:
    page = REFERENCE / "templates.md"
    document = shipped_template("standard").sections.names
    assert list(rows(section(page, "Sections of the document"))) == list(document)
    seed = shipped_template("basic").sections.names
    assert list(rows(section(page, "Sections of the seed"))) == list(seed)


def test_every_key_variable_and_filter_of_a_template_is_in_the_reference() -> None:
    page = REFERENCE / "templates.md"
    with pytest.raises(InputError) as caught:
        parse_template("---\nnot-a-key: 1\n---\n", file="x.md")
    assert list(rows(section(page, "Front matter"))) == caught.value.expected.split(", ")
    told = template_variables(shipped_template("standard"))
    variables = {re.split(r"\W", name)[0] for name in told} - {"filters"}
    body = section(page, "Body")
    for name in {"pm", "title", "section", "sections", "rest"} & variables:
        assert f"`{name}" in body
    assert list(rows(section(page, "Filters"))) == told["filters"].split(", ")


PARTS = {
    "Postmortem": "The record", "Impact": "Impact", "Degradation": "Degradations", "Detection": "Detection",
    "Milestones": "Milestones", "TimelineEvent": "Timeline events", "ContributingFactor": "Contributing factors",
    "Why": "Whys", "ResponseEvaluation": "Response", "ActionItem": "Action items",
    "ExternalAccount": "External account", "SupportingLink": "Links", "GlossaryTerm": "Glossary terms",
    "ExtraSection": "Extra sections",
}  # fmt: skip
"""Where docs/reference/records.md tells of each part of a record."""


def parts(kind: type[Any], found: dict[Any, None]) -> dict[Any, None]:
    """A dataclass and all that it holds."""
    if is_dataclass(kind) and kind not in found and kind not in (Money, ClockTime):
        found[kind] = None
        for hint in get_type_hints(kind).values():
            for inner in (hint, *get_args(hint)):
                parts(inner, found)
                for deeper in get_args(inner):
                    parts(deeper, found)
    return found


@pytest.mark.parametrize("kind", list(parts(Postmortem, {})), ids=lambda kind: str(kind.__name__))
def test_every_field_of_a_record_and_its_spellings_are_in_the_reference(kind: type[Any]) -> None:
    told = rows(section(REFERENCE / "records.md", PARTS[kind.__name__]))
    for entry in fields(kind):
        row = told.get(written_key(kind, entry.name))
        assert row, f"{kind.__name__}.{entry.name}"
        spelled = [*SPELLINGS.get((kind, entry.name), ())]
        if written_key(kind, entry.name) != entry.name:
            spelled.append(entry.name)
        for other in spelled:
            assert f"`{other}`" in row, f"{kind.__name__}.{entry.name} is read from {other} too"


@pytest.mark.parametrize(
    "word", [*FACTOR_CATEGORIES, *(kind.value for kind in (*EventKind, *LinkKind))]
)
def test_every_word_of_a_closed_set_is_in_the_reference(word: str) -> None:
    assert f"`{word}`" in (REFERENCE / "records.md").read_text("utf-8")


def test_every_rule_of_both_profiles_is_in_the_reference() -> None:
    page = REFERENCE / "completeness.md"
    full = [(rule.id, rule.level.value) for rule in assess_full(Postmortem("T")).results]
    told = rows(section(page, "Profile full"))
    assert [name for name in told if name[0].isdigit()] == [name for name, _ in full]
    for name, level in full:
        assert f"| {level} |" in told[name]
    basic = rows(section(page, "Profile basic"))
    for points in assess_basic(Postmortem("T")).points:
        assert f"| {points.maximum} |" in basic[points.part]


def test_every_number_a_team_may_change_is_in_the_reference() -> None:
    told = rows(section(REFERENCE / "completeness.md", "Settings"))
    assert {entry.name for entry in fields(Settings)} == set(told)


@pytest.mark.parametrize("name", kintsugi.__all__)
def test_every_public_name_resolves_and_says_what_it_is(name: str) -> None:
    assert getattr(kintsugi, name).__doc__


def test_the_published_schema_is_the_one_the_code_makes() -> None:
    published = json.loads((REFERENCE / "postmortem.schema.json").read_text("utf-8"))
    assert published == json_schema()


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = [
        each for extra in project["project"]["optional-dependencies"].values() for each in extra
    ]
    asked = [
        *project["project"]["dependencies"], *extras, *project["build-system"]["requires"],
        *project["dependency-groups"]["dev"],
    ]  # fmt: skip
    told = set(rows((ROOT / "docs/decisions/0003-dependencies.md").read_text("utf-8")))
    assert {re.split(r"[\s<>=~!\[;]", each)[0] for each in asked} == told


def test_the_glossary_has_no_term_twice() -> None:
    terms = Counter(heading.casefold() for heading in headings_of(ROOT / "docs/glossary.md"))
    assert [term for term, count in terms.items() if count > 1] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(file.name[:4]) for file in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", sorted((ROOT / "docs/decisions").glob("*.md")), ids=named)
def test_a_decision_tells_what_was_rejected(page: Path) -> None:
    assert {"Context", "Decision", "Rejected", "Consequences"} <= set(headings_of(page))


# --- what is pointed at is there -----------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    words = (re.sub(r"[^\w\- ]", "", heading.casefold()) for heading in headings_of(page))
    return {word.replace(" ", "-") for word in words}


@pytest.mark.parametrize("page", FILES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    lost = []
    for found in _LINK.finditer("\n".join(prose_of(page))):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(found[1] or found[2])
    assert lost == []


def test_every_difference_from_a_seed_is_held_by_a_test_that_exists() -> None:
    text = (REFERENCE / "seed-differences.md").read_text("utf-8")
    table_rows = [line for line in text.splitlines() if re.match(r"\| (?!document|---)", line)]
    assert len(table_rows) > 40
    for row in table_rows:
        held = re.findall(r"`([\w/]+\.py)::(test_\w+)`", row)
        assert held, f"no test holds: {row[:80]}"
        for file, name in held:
            tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (
                name
            )


# --- examples do what they say -------------------------------------------------------------------


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
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            )  # fmt: skip
            agrees = doctest.OutputChecker().check_output(wanted, done.stdout, doctest.ELLIPSIS)
            assert agrees, f"$ {command}\n{done.stdout}"


@pytest.mark.parametrize("page", pages_with("python"), ids=named)
def test_python_in_a_page_is_sound(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "python":
            exec(compile(block.text, named(page), "exec"), {"__name__": "example"})  # noqa: S102


def test_every_setting_is_in_the_reference() -> None:
    told = rows((REFERENCE / "settings.md").read_text())
    assert set(told) == {variable for variable, _, _ in described()}
    for variable, default, says in described():
        assert says in told[variable]
        assert f"`{default}`" in told[variable] or not default
