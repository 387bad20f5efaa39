"""What a service is: what people say of it, and the record the catalog keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from types import TracebackType

from kintsugi.core.catalog.tier import Tier
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line

NAME, WORD, TITLE, TEXT, ADDRESS = 64, 100, 200, 20_000, 2_000
TAGS, LINKS, DEPENDENCIES = 30, 30, 100
RESERVED = frozenset({"add", "new", "apply"})
"""Names of our own pages."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_ADDRESS = re.compile(r"https?://[^\s/?#@\"<>\\^`{|}]+(?:[/?#][^\s\"<>\\^`{|}]*)?", re.IGNORECASE)


class LinkKind(Enum):
    """What is behind a link of a service."""

    RUNBOOK = "runbook"
    DASHBOARD = "dashboard"
    LOGS = "logs"
    ALERTS = "alerts"
    REPOSITORY = "repository"
    DOCUMENTATION = "documentation"
    STATUS_PAGE = "status page"
    CHAT = "chat"
    TRACKER = "tracker"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ServiceLink:
    """An address to look at when the service is in trouble; the label says more than the kind."""

    kind: LinkKind
    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What people say of a service. Its name is a short key (`checkout`) and the only thing it needs.

    `depends_on` names the services it calls or cannot work without.
    """

    name: str
    title: str = ""
    description: str = ""
    owner_team: str = ""
    tier: Tier | None = None
    links: tuple[ServiceLink, ...] = ()
    tags: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the catalog keeps it. One that is retired stays, for what happened to it."""

    id: str
    spec: ServiceSpec
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None = None

    @property
    def name(self) -> str:
        """Its short key."""
        return self.spec.name

    @property
    def title(self) -> str:
        """What people call it: its name where no title was given."""
        return self.spec.title or self.spec.name

    @property
    def is_retired(self) -> bool:
        """Whether it is no longer run."""
        return self.retired_at is not None


def service_name(written: str) -> str:
    """The key as it is kept: lower case. Raises InvalidValue for what is no key."""
    name = one_line(clean(written)).casefold()
    if not name:
        raise InvalidValue("is missing", expected="a short key such as checkout")
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name[:60]!r} is not a name",
            expected="letters, digits, dots, hyphens and underscores, 64 at most, such as checkout",
        )
    if name in RESERVED:
        raise InvalidValue(f"{name!r} is the name of a page here", expected="another name")
    return name


def checked(spec: ServiceSpec) -> ServiceSpec:
    """The same, cleaned. Raises InvalidValue with the field, as the API spells it, for what cannot be.

    Whether the services it depends on exist is not asked here.
    """
    with at("name"):
        name = service_name(spec.name)
    title = _within(one_line(clean(spec.title)), TITLE, "title")
    depends_on = _names(spec.depends_on, "dependsOn", DEPENDENCIES)
    if name in depends_on:
        raise InvalidValue(
            f"{name} cannot depend on itself", path=("dependsOn", depends_on.index(name)),
            expected="other services",
        )  # fmt: skip
    return ServiceSpec(
        name=name,
        title="" if title == name else title,  # what it is shown by anyway
        description=_within(clean(spec.description).strip(), TEXT, "description"),
        owner_team=_within(one_line(clean(spec.owner_team)), WORD, "ownerTeam"),
        tier=spec.tier,
        links=_links(spec.links),
        tags=_tags(spec.tags),
        depends_on=depends_on,
    )


def differing(before: ServiceSpec, after: ServiceSpec) -> tuple[str, ...]:
    """The fields in which they differ, as Python spells them; order matters in links alone."""
    return tuple(
        field.name
        for field in fields(ServiceSpec)
        if getattr(_in_order(before), field.name) != getattr(_in_order(after), field.name)
    )


def _in_order(spec: ServiceSpec) -> ServiceSpec:
    return replace(spec, tags=tuple(sorted(spec.tags)), depends_on=tuple(sorted(spec.depends_on)))


@dataclass(frozen=True, slots=True)
class _At:
    steps: tuple[str | int, ...]

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, InvalidValue):
            raise error.under(*self.steps) from error


def at(*steps: str | int) -> _At:
    """For `with`: an error of a value that is raised inside tells that it stands there."""
    return _At(steps)


def _within(text: str, most: int, *path: str | int) -> str:
    if len(text) > most:
        raise InvalidValue(f"has {len(text):,} characters", path=path, expected=f"{most:,} at most")
    return text


def _few(values: Sequence[object], field: str, most: int) -> None:
    if len(values) > most:
        raise InvalidValue(f"has {len(values):,}", path=(field,), expected=f"{most} at most")


def _names(written: Sequence[str], field: str, most: int) -> tuple[str, ...]:
    _few(written, field, most)
    found: dict[str, None] = {}
    for index, word in enumerate(written):
        with at(field, index):
            found[service_name(word)] = None
    return tuple(found)


def _tags(written: Sequence[str]) -> tuple[str, ...]:
    _few(written, "tags", TAGS)
    found: dict[str, str] = {}
    for index, word in enumerate(written):
        tag = _within(one_line(clean(word)), WORD, "tags", index)
        if "," in tag:
            problem = f"{tag[:60]!r} has a comma in it"
            raise InvalidValue(problem, path=("tags", index), expected="two tags")
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def _links(links: Sequence[ServiceLink]) -> tuple[ServiceLink, ...]:
    _few(links, "links", LINKS)
    found: dict[ServiceLink, None] = {}
    for index, link in enumerate(links):
        url = link.url.strip()
        if len(url) > ADDRESS or clean(url) != url or not _ADDRESS.fullmatch(url):
            raise InvalidValue(
                f"{url[:80]!r} is not a web address", path=("links", index, "url"),
                expected="https:// or http://, a host, and no password",
            )  # fmt: skip
        label = _within(one_line(clean(link.label)), TITLE, "links", index, "label")
        found[ServiceLink(link.kind, url, label)] = None
    return tuple(found)


def parse_link_kind(written: str) -> LinkKind:
    """The kind of that word, in any case, with a space, hyphen or underscore. Raises InvalidValue."""
    word = written.strip().casefold().replace("-", " ").replace("_", " ")
    for kind in LinkKind:
        if word == kind.value:
            return kind
    raise InvalidValue(
        f"{written[:40]!r} is not a kind of link",
        expected=", ".join(kind.value for kind in LinkKind),
    )
