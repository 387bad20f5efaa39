"""Every page, found as a reader finds it: by links. The routing table tells which is missed."""

from __future__ import annotations

import html
import re
from collections import Counter, deque

import httpx2
from fastapi.routing import APIRoute
from starlette.routing import Match

from kintsugi.app import build_app, open_works
from kintsugi.kernel.config import Settings
from tests.journeys.server import Server
from tests.server.test_doors import OPEN, routes

FOLLOWED = 4
"""How many addresses of one route are read: the first service may depend on nothing, and link nowhere."""


def routes_of_pages(server: Server) -> list[APIRoute]:
    """Every route that answers a GET, but for the API and what answers programs."""
    works = open_works(Settings(database_url=server.database_url))
    try:
        found = list(routes(build_app(Settings(), works).routes))
    finally:
        works.database.close()
    return [
        route
        for route in found
        if "GET" in (route.methods or ())
        and not route.path.startswith("/api/")
        and route.path not in OPEN - {"/"}
    ]


def found_by_links(reader: httpx2.Client, listed: list[APIRoute]) -> dict[str, str]:
    """An address for every route that some link of some page leads to; what is no page has an empty one."""
    found: dict[str, str] = {}
    read: Counter[str] = Counter()
    waiting, seen = deque(["/"]), {"/"}
    while waiting:
        address = waiting.popleft()
        route = _route_of(address, listed)
        if route is None or read[route] == FOLLOWED:
            continue
        read[route] += 1
        text = _page_at(reader, address)
        if text or route not in found:
            found[route] = found.get(route) or (address if text else "")
        for written in re.findall(r'="(/[^"#]*)', text):
            linked = html.unescape(written)
            if linked not in seen:
                seen.add(linked)
                waiting.append(linked)
    return found


def _route_of(address: str, listed: list[APIRoute]) -> str | None:
    path = address.partition("?")[0]
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return next((route.path for route in listed if route.matches(scope)[0] is Match.FULL), None)


def _page_at(reader: httpx2.Client, address: str) -> str:
    """The page; empty for what is none: a file, a stream, a part of a page."""
    asked = reader.stream("GET", address, headers={"Accept": "text/html"})
    with asked as answer:
        if answer.status_code == 303:
            return f'<a href="{html.escape(answer.headers["location"])}">'
        assert answer.status_code == 200, (address, answer.status_code)
        if not answer.headers["content-type"].startswith("text/html"):
            return ""
        text = answer.read().decode()
    return text if "<!doctype html>" in text else ""
