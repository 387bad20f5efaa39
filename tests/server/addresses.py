"""Every address of the application, made from its routing table, with names of things that are there."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from fastapi.routing import APIRoute
from pydantic import BaseModel

from kintsugi.kernel.http import Door
from tests.server.cast import Cast
from tests.server.test_doors import OPEN
from tests.server.test_doors import routes as table

Things = Mapping[str, Sequence[str]]
"""Names by what they name: `incidents`, `postmortems`, `attachment_id`, ..."""
ROOMS = ("incidents", "postmortems", "actions", "fault-trees", "why-trees", "analysis", "alerts", "services", "teams",
         "users", "people", "tokens", "deliveries")  # fmt: skip
WHOLE = {"incidents": {"id", "reference", "name"}, "postmortems": {"id", "reference", "name"},
         "actions": {"id", "reference", "name"}, "alerts": {"id", "alert_id"},
         "services": {"name"}, "fault-trees": {"id"}, "why-trees": {"id", "reference"},
         "analysis": {"reference"}, "deliveries": {"id"}}  # fmt: skip
"""The arguments of a path that name the room's own thing and not a part of it."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route as the routing table has it."""

    method: str
    path: str
    door: Door
    queries: tuple[str, ...]
    """What its address may ask for after the question mark."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_page(self) -> bool:
        return not self.path.startswith("/api/")

    @property
    def slots(self) -> list[str]:
        """What its path asks for: the kind of thing of each argument, in order."""
        room = next((part for part in self.path.split("/") if part in ROOMS), "")
        named = re.findall(r"\{(\w+)(?::\w+)?\}", self.path)
        return [room if one in WHOLE.get(room, ()) else one for one in named]

    def filled(self, names: Sequence[str]) -> str:
        """Its address with these names."""
        given = iter(names)
        return re.sub(r"\{[^}]+\}", lambda _: next(given), self.path)


def routes(client: Cast) -> list[Route]:
    """The routing table."""
    found = [
        Route(method, one.path, getattr(one.endpoint, "__door__"), tuple(_queries(one)))  # noqa: B009 - set by the decorator
        for one in table(client.stranger.app.routes)  # type: ignore[attr-defined] # the client's application
        if one.path not in OPEN
        for method in one.methods or ()
    ]
    return sorted(found, key=lambda route: route.name)


def _queries(route: APIRoute) -> Iterator[str]:
    for name, one in inspect.signature(route.endpoint).parameters.items():
        kind, *said = get_args(one.annotation) or (one.annotation,)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or of for of, field in kind.model_fields.items())
        elif f"{{{name}}}" not in route.path and name not in ("request", "if_match"):
            yield next((info.alias for info in said if getattr(info, "alias", "")), name)


def addresses(route: Route, things: Things) -> list[str]:
    """Its addresses with these things; an argument that none of them is for takes one that is no thing."""
    choices = [things.get(slot) or ("nothing",) for slot in route.slots]
    return [route.filled(names) for names in itertools.product(*choices)]


def pairs(route: Route, secret: Things, known: Things, absent: Things) -> Iterator[tuple[str, str]]:
    """Addresses that lead to something secret, each with its twin that leads nowhere.

    In each, at least one argument names something secret, and the others what everybody knows.
    """
    choices: list[list[tuple[str, str, bool]]] = []
    for slot in route.slots:
        hidden = [
            (a, b, True) for a, b in zip(secret.get(slot, ()), absent.get(slot, ()), strict=True)
        ]
        open_ones = [(name, name, False) for name in list(known.get(slot, ()))[:1] or ["nothing"]]
        choices.append(hidden + open_ones)
    for names in itertools.product(*choices):
        if any(is_secret for _, _, is_secret in names):
            yield route.filled([one for one, _, _ in names]), route.filled([b for _, b, _ in names])
