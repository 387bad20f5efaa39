"""Scenarios: what kinds of incident have in common, to lay over any template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.codec import decode
from kintsugi.formats.errors import InputError
from kintsugi.formats.front_matter import split_front_matter
from kintsugi.formats.plain import line_of
from kintsugi.formats.reading import Reading

SCENARIOS = (
    "database-outage",
    "api-downtime",
    "security-incident",
    "deployment-failure",
    "third-party-failure",
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of incident: questions to the writer by field, common events, typical causes, standard actions.

    All of it is offered to the writer; none of it is written into a postmortem by itself.
    """

    name: str
    title: str
    description: str
    prompts: tuple[tuple[str, str], ...]
    timeline: tuple[TimelineEvent, ...]
    causes: tuple[ContributingFactor, ...]
    actions: tuple[ActionItem, ...]
    guidance: str
    source: str


def parse_scenario(text: str, *, file: str) -> Scenario:
    """Read a scenario file. Raises InputError with file and line when it cannot be used."""
    split = split_front_matter(text, file=file)
    data = split.data
    try:
        return Scenario(
            _name(data),
            str(data.get("title") or data["name"]),
            str(data.get("description") or ""),
            _prompts(data),
            _listed(TimelineEvent, data, "timeline"),
            _listed(ContributingFactor, data, "causes"),
            _listed(ActionItem, data, "actions"),
            split.body.strip(),
            text,
        )
    except InvalidValue as error:
        line = line_of(split.source, error.path, first_line=2)
        raise InputError.from_value(error, file=file, line=line) from error


def _name(data: Mapping[str, Any]) -> str:
    name = data.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidValue("is missing", path=("name",), expected="name: a-word")
    return name


def _prompts(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    prompts = data.get("prompts") or {}
    if not isinstance(prompts, dict):
        raise InvalidValue("is not a mapping", path=("prompts",), expected="field: question")
    return tuple((str(key), str(question)) for key, question in prompts.items())


def _listed(kind: type, data: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    listed = data.get(key) or []
    if not isinstance(listed, list):
        raise InvalidValue("is not a list", path=(key,), expected="a list")
    values = []
    for index, entry in enumerate(listed):
        try:
            values.append(decode(kind, entry, Reading()))
        except InvalidValue as error:
            raise error.under(key, index) from error
    return tuple(values)


@cache
def scenario_named(name: str) -> Scenario:
    """One of our scenarios. Raises InvalidValue naming the ones there are."""
    if name not in SCENARIOS:
        raise InvalidValue(
            f"there is no scenario named {name[:60]!r}",
            path=("scenario",),
            expected=", ".join(SCENARIOS),
        )
    folder = resources.files("kintsugi.formats").joinpath("templates", "scenarios")
    return parse_scenario(folder.joinpath(f"{name}.md").read_text("utf-8"), file=f"{name}.md")


def scenarios() -> Iterator[Scenario]:
    """All of our scenarios."""
    return (scenario_named(name) for name in SCENARIOS)


def scenario_prompts(name: str) -> Mapping[str, str]:
    """The questions a scenario puts in empty sections, with what is common there. Raises InvalidValue."""
    scenario = scenario_named(name)
    prompts = dict(scenario.prompts)
    common = {
        "timeline": [event.description for event in scenario.timeline],
        "contributing_factors": [cause.text for cause in scenario.causes],
        "action_items": [action.description for action in scenario.actions],
    }
    for field, texts in common.items():
        listed = "".join(f"\n- {text}" for text in texts)
        prompts[field] = f"{prompts.get(field, '')} Common here:{listed}\n".lstrip()
    return prompts
