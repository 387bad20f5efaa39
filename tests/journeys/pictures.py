"""`make pictures`: what the product looks like, for the docs, out of the demo's company."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.browsers import Browsers, chromium_binary, launched, sign_in
from tests.journeys.server import running
from tests.journeys.world import ADMIN, PASSWORD, demo_database

FOLDER = Path(__file__).parents[2] / "docs" / "images"
PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of the docs: which page, in which theme, how wide. The page is an address, or the first link of a list."""

    name: str
    address: str
    theme: str = "light"
    is_phone: bool = False
    follow: str = ""


PICTURES = (
    Picture("home", "/"),
    Picture("incidents", "/incidents"),
    Picture("incident", "/incidents?status=open", follow="tbody th a"),
    Picture("incident-dark", "/incidents?status=open", theme="dark", follow="tbody th a"),
    Picture("incident-phone", "/incidents?status=open", is_phone=True, follow="tbody th a"),
    Picture("declare", "/incidents/declare"),
)
"""With the two of a postmortem that stand in docs/images already: eight."""


def take(page: Page, picture: Picture) -> bytes:
    """The picture of a page, as it is when it has come to rest."""
    page.emulate_media(color_scheme="dark" if picture.theme == "dark" else "light")
    page.goto(picture.address)
    if picture.follow:
        page.locator(picture.follow).first.click()
        page.wait_for_url("**/incidents/INC-*")
    page.evaluate("document.fonts.ready.then(() => true)")
    return page.screenshot(animations="disabled", caret="hide", scale="css")


def main() -> None:
    """Write every picture; ends with a word when Chromium is missing."""
    binary = chromium_binary()
    if binary is None:
        sys.exit("pictures are taken with Chromium, which is not installed")
    with tempfile.TemporaryDirectory() as made, launched(binary) as chromium:
        folder = Path(made)
        browsers = Browsers(chromium)
        with running(demo_database(folder), folder) as server:
            wide, phone = browsers.open(server), browsers.open(server, **PHONE)
            for page in (wide, phone):
                sign_in(page, ADMIN, PASSWORD)
            for picture in PICTURES:
                page = phone if picture.is_phone else wide
                (FOLDER / f"{picture.name}.png").write_bytes(take(page, picture))
            browsers.close()
        browsers.assert_content()


if __name__ == "__main__":
    main()
