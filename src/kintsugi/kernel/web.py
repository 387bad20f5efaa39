"""Pages: the templates of all rooms in one environment, and what every page is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from kintsugi.core.shared.times import written_duration
from kintsugi.formats.safe_markdown import to_html
from kintsugi.kernel.auth import Action, Viewer
from kintsugi.kernel.http import Answer
from kintsugi.kernel.unit_of_work import UnitOfWork

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def environment() -> jinja2.Environment:
    """Every template: `kernel/base.html`, and `<room>/<name>.html` of each room that has pages.

    Autoescape is on for all of them.
    """
    loaders: dict[str, jinja2.BaseLoader] = {
        "kernel": jinja2.PackageLoader("kintsugi.kernel", "templates")
    }
    for room in resources.files("kintsugi.server").iterdir():
        if room.joinpath("templates").is_dir():
            loaders[room.name] = jinja2.PackageLoader(f"kintsugi.server.{room.name}", "templates")
    made = jinja2.Environment(
        loader=jinja2.PrefixLoader(loaders), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters.update(markdown=_markdown, duration=written_duration)
    made.globals["actions"] = Action
    made.globals["sprite"] = Markup(  # noqa: S704 - our own file
        resources.files("kintsugi.kernel").joinpath("static", "sprite.svg").read_text("utf-8")
    )
    return made


def _markdown(text: str) -> Markup:
    return Markup(to_html(text))  # noqa: S704 - to_html sanitises


@dataclass(frozen=True, slots=True)
class Times:
    """Writes times for one reader: their zone, UTC beside it, and how long ago."""

    zone_name: str
    now: datetime

    def clock(self, at: datetime) -> str:
        """`14:05`, with the date when it is not today."""
        local, today = at.astimezone(self._zone), self.now.astimezone(self._zone).date()
        if local.date() == today:
            return f"{local:%H:%M}"
        year = f" {local.year}" if local.year != today.year else ""
        return f"{local.day} {local:%b}{year}, {local:%H:%M}"

    def ago(self, at: datetime) -> str:
        """`41 min ago`, `in 5 min`."""
        length = self.now - at
        if abs(length) < timedelta(minutes=1):
            return "now"
        rounded = timedelta(minutes=abs(length) // timedelta(minutes=1))
        parts = written_duration(rounded).split(" ")
        said = " ".join(parts[:2] if rounded >= timedelta(days=1) else parts)
        return f"{said} ago" if length > timedelta(0) else f"in {said}"

    def late(self, at: datetime) -> str:
        """`4 min late`, for a moment that has passed."""
        return self.ago(at).removesuffix(" ago").replace("now", "less than a minute") + " late"

    def utc(self, at: datetime) -> str:
        """`2026-11-21 14:05 UTC`."""
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


def page(
    work: UnitOfWork, template: str, context: Mapping[str, Any], *, status: int = 200
) -> Answer:
    """A page for the unit of work's viewer, rendered in it and sent after it is committed."""
    html = rendered(work.viewer, work.now, template, context)
    return lambda: HTMLResponse(html, status)


def rendered(viewer: Viewer, now: datetime, template: str, context: Mapping[str, Any]) -> str:
    """A template with what every page is told: `viewer`, `now`, and `times` in the viewer's zone."""
    return (
        environment()
        .get_template(template)
        .render(
            {
                "viewer": viewer,
                "now": now,
                "times": Times(viewer.zone, now),
                "theme": viewer.theme,
                **context,
            }
        )
    )


def fragment(work: UnitOfWork, template: str, context: Mapping[str, Any]) -> Markup:
    """A part of a page, for a slot: rendered for the unit of work's viewer."""
    return Markup(rendered(work.viewer, work.now, template, context))  # noqa: S704 - made with autoescape


def settings_row(address: str, title: str, hint: str) -> Callable[[UnitOfWork, str], Markup]:
    """A way from the settings page to what a room settles, for the slot `settings_rows`."""
    row = Markup('<li><a href="{}">{}</a> <span class="hint">{}</span></li>')
    made = row.format(address, title, hint)
    return lambda _work, _about: made


def wants_part(request: Request) -> bool:
    """Whether a script of ours asks for a part of a page, and not a browser for all of it."""
    return request.headers.get("hx-request", "") == "true"


def see(address: str) -> Answer:
    """Off to another page of ours after a POST."""
    return lambda: RedirectResponse(address, 303)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, and not a program."""
    return not request.url.path.startswith("/api") and "text/html" in request.headers.get(
        "accept", ""
    )
