"""`make pictures`: what the product looks like, for the docs, out of the demo's company."""

from __future__ import annotations

import shutil
import subprocess
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


POSTMORTEM = "a[href^='/postmortems/PM-']"


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of the docs: which page, in which theme, how wide.

    The page is an address, or what the first link of a list leads to, or with `then` what lies below that.
    """

    name: str
    address: str
    theme: str = "light"
    is_phone: bool = False
    follow: str = ""
    then: str = ""


PICTURES = (
    Picture("home", "/"),
    Picture("incidents", "/incidents"),
    Picture("incident", "/incidents?status=open", follow="tbody th a"),
    Picture("incident-dark", "/incidents?status=open", theme="dark", follow="tbody th a"),
    Picture("incident-phone", "/incidents?status=open", is_phone=True, follow="tbody th a"),
    Picture("console", "/incidents?status=open", follow="tbody th a", then="/console"),
    Picture(
        "console-phone",
        "/incidents?status=open",
        is_phone=True,
        follow="tbody th a",
        then="/console",
    ),
    Picture("declare", "/incidents/declare"),
    Picture("why-tree", "/analysis/WT-1"),
    Picture("analytics", "/analytics"),
    Picture("pattern", "/patterns/a_lock_or_transaction_is_held_for_too_long"),
    Picture("postmortem-read", "/postmortems?q=nodes+are+replaced", follow=POSTMORTEM),
    Picture("postmortem-edit", "/postmortems?q=deploy+token", follow=POSTMORTEM, then="/edit"),
    Picture("postmortem-review", "/postmortems?q=captured", follow=POSTMORTEM, then="/review"),
)
PAPER = Picture("postmortem-page", "/postmortems?q=nodes+are+replaced", follow=POSTMORTEM)
"""The first page of its PDF."""
DOTS = "80"
"""Dots an inch of a page of paper."""


def take(page: Page, picture: Picture) -> bytes:
    """The picture of a page, as it is when it has come to rest."""
    page.emulate_media(color_scheme="dark" if picture.theme == "dark" else "light")
    page.goto(_address(page, picture))
    page.evaluate("document.fonts.ready.then(() => true)")
    return page.screenshot(animations="disabled", caret="hide", scale="css")


def take_paper(page: Page, picture: Picture, folder: Path) -> bytes:
    """The picture of the first page of a postmortem's PDF."""
    exported = _address(page, picture).replace("/postmortems/", "/api/postmortems/")
    answer = page.request.get(f"{exported}/export?format=pdf")
    assert answer.ok, answer.text()
    paper = folder / "postmortem.pdf"
    paper.write_bytes(answer.body())
    command = ["pdftoppm", "-png", "-r", DOTS, "-f", "1", "-singlefile", str(paper)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _address(page: Page, picture: Picture) -> str:
    if not picture.follow:
        return picture.address
    page.goto(picture.address)
    found = page.locator(picture.follow).first.get_attribute("href")
    return f"{found}{picture.then}"


def main() -> None:
    """Write every picture; ends with a word when what takes them is missing."""
    binary = chromium_binary()
    if binary is None or shutil.which("pdftoppm") is None:
        sys.exit("pictures are taken with Chromium and pdftoppm, of which one is not installed")
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
            (FOLDER / f"{PAPER.name}.png").write_bytes(take_paper(wide, PAPER, folder))
            browsers.close()
        browsers.assert_content()


if __name__ == "__main__":
    main()
