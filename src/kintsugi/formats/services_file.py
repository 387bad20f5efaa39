"""A file of services (YAML or JSON) to what the catalog is asked to hold, each error with its line.

The shape is described in docs/reference/services-file.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.catalog.applying import MOST
from kintsugi.core.catalog.service import (
    ServiceLink,
    ServiceSpec,
    at,
    checked,
    parse_link_kind,
)
from kintsugi.core.catalog.tier import Tier, parse_tier
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats import scalars, spellings
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import decode_text, line_of, load_json, load_yaml

KEYS = (
    "name",
    "title",
    "description",
    "owner_team",
    "tier",
    "links",
    "tags",
    "depends_on",
)
LINK_KEYS = ("kind", "url", "label")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class ServicesFile:
    """The services of a file, and its text, to say where in it something stands."""

    specs: tuple[ServiceSpec, ...]
    text: str
    data: object
    file: str

    def refused(self, field: str, problem: str, expected: str = "") -> InputError:
        """An error about a field, named as the API spells it (`services[3].dependsOn[0]`), with its line."""
        path = _as_written(self.data, [int(n) if n else word for n, word in _STEP.findall(field)])
        return InputError.from_value(
            InvalidValue(problem, path=path, expected=expected),
            file=self.file,
            line=line_of(self.text, path),
        )


def read_services(content: bytes | str, *, file: str = "") -> ServicesFile:
    """What a file says of services; what it is written in is seen from its text.

    Whether the services that are depended on exist is for the catalog to say. Raises InputError
    naming file, line and field.
    """
    text = content if isinstance(content, str) else decode_text(content, file=file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(
            "the file is empty", file=file, expected="a list of services in YAML or JSON"
        )
    load = load_json if text.lstrip()[0] in "{[" else load_yaml
    data = load(text, file=file)
    try:
        return ServicesFile(_services(data), text, data, file)
    except InvalidValue as error:
        path = _as_written(data, error.path)
        told = InvalidValue(error.problem, path=path, expected=error.expected)
        raise InputError.from_value(told, file=file, line=line_of(text, path)) from error


def service_data(spec: ServiceSpec) -> dict[str, object]:
    """A service as the API takes it, with all its fields."""
    return {
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "ownerTeam": spec.owner_team,
        "tier": spec.tier.value if spec.tier else None,
        "links": [
            {"kind": link.kind.value, "url": link.url, "label": link.label} for link in spec.links
        ],
        "tags": list(spec.tags),
        "dependsOn": list(spec.depends_on),
    }


def _services(data: object) -> tuple[ServiceSpec, ...]:
    given = data
    if isinstance(data, Mapping):
        given = _known(data, ("services",)).get("services")
    if not isinstance(given, list):
        raise InvalidValue(
            "the file holds no services"
            if given is None
            else f"{scalars.shown(given)} is not a list",
            path=("services",) if isinstance(data, Mapping) and "services" in data else (),
            expected="a list under services",
        )
    with at("services"):
        if len(given) > MOST:
            raise InvalidValue(f"has {len(given):,}", expected=f"{MOST:,} at most")
        found: dict[str, int] = {}
        specs: list[ServiceSpec] = []
        for index, each in enumerate(given):
            with at(index):
                spec = checked(_spec(each))
                if spec.name in found:
                    problem = (
                        f"{spec.name} stands here twice, first as services[{found[spec.name]}]"
                    )
                    raise InvalidValue(problem, path=("name",), expected="each service once")
            found[spec.name] = index
            specs.append(spec)
        return tuple(specs)


def _spec(data: object) -> ServiceSpec:
    if not isinstance(data, Mapping):
        raise InvalidValue(
            f"{scalars.shown(data)} is not a service", expected="a mapping with at least a name"
        )
    given = _known(data, KEYS)
    return ServiceSpec(
        name=_text(given, "name"),
        title=_text(given, "title"),
        description=_text(given, "description"),
        owner_team=_text(given, "owner_team"),
        tier=_tier(given.get("tier")),
        links=_links(given.get("links")),
        tags=_words(given.get("tags"), "tags", "a list of words"),
        depends_on=_words(given.get("depends_on"), "dependsOn", "a list of services' names"),
    )


def _known(data: Mapping[object, object], known: Sequence[str]) -> dict[str, object]:
    """The fields by their snake_case names; other keys are refused."""
    found: dict[str, object] = {}
    for key, value in data.items():
        name = spellings.snake(key)
        if name not in known:
            raise InvalidValue(
                "is not a key here", path=(str(key)[:60],), expected=", ".join(known)
            )
        if name in found:
            raise InvalidValue("is given in two spellings", path=(str(key),), expected="one")
        found[name] = value
    return found


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InvalidValue(
        f"{scalars.shown(value)} is not text", path=(spellings.camel(name),), expected="text"
    )


def _tier(value: object) -> Tier | None:
    if value is None:
        return None
    with at("tier"):
        if isinstance(value, str | int):
            return parse_tier(value)
        raise InvalidValue(f"{scalars.shown(value)} is not a tier", expected="1, 2, 3 or 4")


def _words(value: object, field: str, expected: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InvalidValue(
            f"{scalars.shown(value)} is not a list", path=(field,), expected=expected
        )
    for index, word in enumerate(value):
        if isinstance(word, bool) or not isinstance(word, str | int | float):
            problem = f"{scalars.shown(word)} is not text"
            raise InvalidValue(problem, path=(field, index), expected="text")
    return tuple(map(str, value))


def _links(value: object) -> tuple[ServiceLink, ...]:
    if value is None:
        return ()
    with at("links"):
        if isinstance(value, Mapping):
            return tuple(
                _link({"kind": kind, "url": url}, str(kind)) for kind, url in value.items()
            )
        if not isinstance(value, list):
            expected = "a list of links, or an address for each kind"
            raise InvalidValue(f"{scalars.shown(value)} is not a list", expected=expected)
        return tuple(_link(each, index) for index, each in enumerate(value))


def _link(data: object, step: str | int) -> ServiceLink:
    with at(step):
        if not isinstance(data, Mapping):
            expected = "kind and url, and a label if wanted"
            raise InvalidValue(f"{scalars.shown(data)} is not a link", expected=expected)
        given = _known(data, LINK_KEYS)
        url, label = _text(given, "url"), _text(given, "label")
        with at(*(("kind",) if isinstance(step, int) else ())):
            return ServiceLink(parse_link_kind(_text(given, "kind")), url, label)


def _as_written(data: object, path: Sequence[str | int]) -> tuple[str | int, ...]:
    """A path in the API's spelling, with each key as the file spells it."""
    steps = list(path)
    if isinstance(data, list) and steps[:1] == ["services"]:
        del steps[0]
    written: list[str | int] = []
    here = data
    for step in steps:
        if isinstance(here, list) and isinstance(step, int) and step < len(here):
            written.append(step)
            here = here[step]
        elif isinstance(here, Mapping):
            # An int: links written as a mapping from kind to address, counted in the file's order.
            key = list(here)[step] if isinstance(step, int) else _key_in(here, step)
            written.append(key if isinstance(key, str) else str(key))
            here = here.get(key)
        elif here is None:
            written.append(step)
    return tuple(written)


def _key_in(here: Mapping[object, object], step: str) -> object:
    """The key that is spelled so, or the field's name in a file when it is not there."""
    if step in here:
        return step
    name = spellings.snake(step)
    return next((key for key in here if spellings.snake(key) == name), name)
