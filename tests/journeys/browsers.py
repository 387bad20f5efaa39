"""Browsers of people, watched: whatever one complains of fails the journey."""

from __future__ import annotations

import os
import shutil
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.server import PASSWORD, Server

PATIENCE = 60_000
"""Milliseconds a page has, on a machine with other work to do."""
REFUSALS = (401, 409, 412, 422)
"""How a form is refused, and how an open page learns that its session is over."""


def chromium_binary() -> str | None:
    """Debian's Chromium; None where it is not installed."""
    return shutil.which("chromium")


@contextmanager
def launched(binary: str) -> Iterator[Browser]:
    """A browser without a window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_arguments())
        yield browser
        browser.close()


def _arguments() -> list[str]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*sandbox, "--disable-dev-shm-usage", "--force-color-profile=srgb"]


@contextmanager
def own_process(
    chromium: Browser,
    server: Server,
    profile: Path,
    **options: Any,  # noqa: ANN401
) -> Iterator[tuple[Page, Callable[[], None]]]:
    """A page of a browser that has a process to itself, and how to kill it."""
    context = chromium.browser_type.launch_persistent_context(
        profile, executable_path=chromium_binary(), args=_arguments(), base_url=server.address,
        timezone_id="UTC", **options,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    yield context.pages[0], lambda: os.kill(_process_of(profile), signal.SIGKILL)
    with suppress(PlaywrightError):  # there is nothing to close any more
        context.close()


def _process_of(profile: Path) -> int:
    """The one process of a browser that started the others."""
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = told.read_bytes().decode(errors="replace")
            if f"--user-data-dir={profile}" in words and "--type=" not in words:
                return int(told.parent.name)
    raise AssertionError(f"no browser uses {profile}")


class Browsers:
    """Opens browsers that share nothing, and keeps what they complain of."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._opened: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, server: Server, **options: Any) -> Page:  # noqa: ANN401 - as playwright takes them
        """A page of a browser nobody has used."""
        usual: dict[str, Any] = {
            "base_url": server.address, "reduced_motion": "reduce", "timezone_id": "UTC",
            "viewport": {"width": 1440, "height": 900},
        }  # fmt: skip
        context = self._chromium.new_context(**(usual | options))
        context.set_default_timeout(PATIENCE)
        self._opened.append(context)
        page = context.new_page()
        _Watch(page, self.complaints)
        return page

    def signed_in(self, server: Server, name: str, **options: Any) -> Page:  # noqa: ANN401
        """A page of one of the cast's browser, signed in by the form."""
        page = self.open(server, **options)
        sign_in(page, f"{name}@example.com")
        return page

    def close(self) -> None:
        for context in self._opened:
            context.close()

    def forgive(self, *said: str) -> None:
        """Forget complaints with any of these words: for what a journey does on purpose."""
        self.complaints[:] = [
            one for one in self.complaints if not any(word in one.casefold() for word in said)
        ]

    def assert_content(self) -> None:
        """Fail when a browser complained."""
        assert not self.complaints, "\n".join(dict.fromkeys(self.complaints))


class _Watch:
    """Writes down errors of the console (a breach of the content security policy is one) and of scripts."""

    def __init__(self, page: Page, complaints: list[str]) -> None:
        self._page = page
        self._complaints = complaints
        self._refused: set[str] = set()
        self._early: dict[str, list[str]] = defaultdict(list)
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    def _answered(self, response: Response) -> None:
        if response.status in REFUSALS or (
            response.request.is_navigation_request() and 400 <= response.status < 500
        ):
            self._refused.add(response.url)
            for complaint in self._early.pop(response.url, ()):
                self._complaints.remove(complaint)
        elif response.status >= 500:
            self._complaints.append(f"{response.status} from {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        is_refusal = message.text.startswith("Failed to load resource: the server responded with")
        complaint = f"{self._page.url}: {message.text}"
        if is_refusal:
            # Chromium says so of every page whose status is no success, a form shown again too; now and
            # then before it tells of the answer itself.
            refused = message.location["url"]
            if refused in self._refused:
                return
            self._early[refused].append(complaint)
        self._complaints.append(complaint)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in by the form, and see that it worked."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("header a[href='/profile']")).to_be_visible()
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until the scripts of the page that is open have run: a key pressed sooner reaches nobody.

    What a page shows is there before. The page has to be the one that is meant: expect its address or a word of it.
    """
    page.wait_for_load_state("load")


def declare(page: Page, title: str, *, private: bool = False) -> str:
    """Declare an incident by the form; its address."""
    page.goto("/incidents/declare")
    page.get_by_label("What is wrong").fill(title)
    if private:
        page.get_by_label("Private").check()
    page.get_by_role("button", name="Declare incident").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    at_rest(page)
    return page.url


def note(page: Page, text: str, happened: str = "") -> Locator:
    """Add to the timeline of the incident's page that is open; the entry it became."""
    timeline = part(page, "Timeline")
    timeline.get_by_label("Add to timeline").fill(text)
    if happened:
        timeline.get_by_text("When, kind, source").click()
        timeline.get_by_label("When").fill(happened)
    timeline.get_by_role("button", name="Add", exact=True).click()
    entry = entries(page).get_by_role("listitem").filter(has_text=text)
    expect(entry).to_be_visible()
    return entry


def entries(page: Page) -> Locator:
    """The timeline of the incident's page that is open."""
    return page.get_by_role("list", name="Timeline")


def part(page: Page, name: str) -> Locator:
    """A panel of a page, by its heading."""
    return page.get_by_role("region", name=name, exact=True)
