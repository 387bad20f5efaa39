"""The router of a room, which knows how its addresses begin: a request asks the routes of one room, not of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope


class RoomRouter(APIRouter):
    """A router of routers. It passes over a request whose address begins as none of its own does.

    FastAPI asks every route in turn, and a product has hundreds: that was a third of what a short answer cost.
    """

    def __init__(self, **said: Any) -> None:  # noqa: ANN401 - as FastAPI takes it
        self._starts: set[str] = set()
        super().__init__(**said)

    def include_router(self, router: APIRouter, **said: Any) -> None:  # noqa: ANN401 - as FastAPI takes it
        """Take a router in. Its routes must be there: how they begin is looked at now."""
        self._starts |= {
            start_of(said.get("prefix", "") + str(getattr(route, "path", "/{any}")))
            for route in router.routes
        }
        super().include_router(router, **said)

    def add_api_route(  # its own are rare: a room is made of routers
        self,
        path: str,
        endpoint: Callable[..., Any],
        **said: Any,  # noqa: ANN401 - as FastAPI takes it
    ) -> None:
        """Take a route in."""
        self._starts.add(start_of(path))
        super().add_api_route(path, endpoint, **said)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether one of its routes is asked for; told at once where none can be."""
        is_possible = (
            scope.get("root_path") or "" in self._starts or start_of(scope["path"]) in self._starts
        )
        return super().matches(scope) if is_possible else (Match.NONE, {})


def start_of(path: str) -> str:
    """How an address begins: its first part, and the second behind `api`; empty where that is an argument."""
    first, _, rest = path[1:].partition("/")
    start = f"api/{rest.partition('/')[0]}" if first == "api" else first
    return "" if "{" in start else start
