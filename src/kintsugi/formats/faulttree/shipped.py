"""The example trees that are shipped: a start for one's own."""

from __future__ import annotations

from importlib import resources

from kintsugi.core.shared.text import either
from kintsugi.formats.errors import InputError

EXAMPLES = ("web-service", "database-with-replica", "third-party")


def example_text(name: str) -> str:
    """The text of an example. Raises InputError naming those there are."""
    if name not in EXAMPLES:
        raise InputError(f"there is no example {name[:60]!r}", expected=either(list(EXAMPLES)))
    folder = resources.files("kintsugi.formats.faulttree").joinpath("examples")
    return folder.joinpath(f"{name}.txt").read_text("utf-8")
