"""The documents stay true: what they list is all there is, and their examples give what they say."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
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
from kintsugi.formats.folder.checks import RULES
from kintsugi.formats.foreign.headings import Kind
from kintsugi.formats.markdown.templating import (
    SHIPPED,
    parse_template,
    shipped_template,
    template_variables,
)
from kintsugi.formats.own_json import json_schema
from kintsugi.formats.scenarios import SCENARIOS
from kintsugi.formats.spellings import SPELLINGS, written_key
from kintsugi.formats.timeline_json import timeline_schema
from kintsugi.kernel.config import described
from kintsugi.plugins import hookspecs
from tests.doc_pages import (
    FILES,
    LINK,
    REFERENCE,
    ROOT,
    headings_of,
    named,
    prose_of,
    rows,
    section,
)

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
            tuple(
                re.sub(r"\W", "", each.metavar or each.name)
                for each in parameters
                if each not in options
            ),
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


def test_the_published_schema_of_timelines_is_the_one_the_code_makes() -> None:
    published = json.loads((REFERENCE / "timeline.schema.json").read_text("utf-8"))
    assert published == timeline_schema()


def test_every_rule_of_a_knowledge_base_is_in_the_reference() -> None:
    told = rows(section(REFERENCE / "knowledge-base.md", "Findings"))
    assert set(told) == set(RULES)


def test_every_kind_of_a_foreign_section_is_in_the_reference() -> None:
    text = section(REFERENCE / "import.md", "The list")
    assert {kind.value for kind in Kind} <= set(re.findall(r"`(\w+)`", text))


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
    for found in LINK.finditer("\n".join(prose_of(page))):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(found[1] or found[2])
    assert lost == []


@pytest.mark.long
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


def test_every_setting_is_in_the_reference() -> None:
    told = rows((REFERENCE / "settings.md").read_text())
    assert set(told) == {variable for variable, _, _ in described()}
    for variable, default, says in described():
        assert says in told[variable]
        assert f"`{default}`" in told[variable] or not default


def test_the_index_of_the_docs_leads_to_every_page() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    pages = {
        page.relative_to(ROOT / "docs").as_posix()
        for kind in ("tutorials", "howto", "reference", "explanation")
        for page in (ROOT / "docs" / kind).glob("*.md")
    }
    assert {page for page in pages if f"]({page})" not in index} == set()
