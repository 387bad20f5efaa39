"""What keeps people out of a page: axe-core's findings, and a page that must be scrolled sideways."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal

from playwright.sync_api import Page

WIDTHS = (1440, 375)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NARROW = (375, 320)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
OPENED = "document.querySelectorAll('details').forEach(part => { part.open = true })"
UNSTUCK = "document.querySelectorAll('.dock').forEach(bar => { bar.style.position = 'static' })"
"""The bar at the foot of a phone's page lies over whatever is scrolled beneath it, which axe takes for covered."""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def barriers(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    """What axe-core finds on an open page, its folded parts unfolded: in both themes, wide and narrow."""
    page.evaluate(OPENED)
    page.evaluate(UNSTUCK)
    page.evaluate(_axe())
    found: dict[str, list[str]] = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            result: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
            for one in result["violations"]:
                for node in one["nodes"]:
                    told = f"{one['id']} ({one['impact']}) at {node['target']}: {_why(node)}"
                    found.setdefault(told, []).append(f"{width} {theme}")
    return [f"{', '.join(where)}: {told}" for told, where in found.items()]


def overflow(page: Page) -> list[str]:
    """By how much an open page scrolls sideways on a phone."""
    page.evaluate(OPENED)
    found = []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        wider: int = page.evaluate(SIDEWAYS)
        if wider > 0:
            found.append(f"{width}: {wider} px too wide")
    return found


def assert_open_to_all(page: Page, widths: Sequence[int] = WIDTHS) -> None:
    """Fail on a barrier, or where an open page scrolls sideways on a phone; the page is as wide as before after it."""
    width = page.viewport_size
    wrong = barriers(page, widths) + overflow(page)
    if width is not None:
        page.set_viewport_size(width)
    assert not wrong, "\n".join([page.url, *wrong])


def _why(node: dict[str, Any]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())[:300]
