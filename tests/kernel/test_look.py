"""The stylesheet and the assets: colours one can tell apart, no fetch from elsewhere, and no script out of place."""

import hashlib
import json
import re
from importlib.resources import files

import pytest

STATIC = files("kintsugi.kernel") / "static"
CSS = STATIC.joinpath("kintsugi.css").read_text("utf-8")


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour token as its light and its dark value."""
    pairs = dict(re.findall(r"--([\w-]+): (light-dark\(#\w{6}, #\w{6}\)|#\w{6});", CSS))
    values = {name: re.findall(r"#\w{6}", value) for name, value in pairs.items()}
    return {name: (value[0], value[-1]) for name, value in values.items()}


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


GROUNDS = ("bg", "surface", "sunken", "gold-wash")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS),
    *((ink, ground) for ink in ("ink", "ink-2") for ground in ("ok-bg", "bad-bg", "sev2-bg")),
    ("gold-ink", "gold-wash"), ("gold-ink", "surface"), ("on-gold", "gold"), ("on-gold", "gold-hover"),
    ("on-sev1", "sev1"), ("sev2-ink", "sev2-bg"), ("sev3-ink", "sev3-bg"), ("ok", "ok-bg"), ("ok", "surface"),
    ("bad", "bad-bg"), ("bad", "surface"), ("bad", "bg"),
]  # fmt: skip
MARKS = [("line-2", "surface"), ("line-2", "bg"), ("gold-line", "surface"), ("sev2-line", "surface"),
         ("sev3-line", "surface"), ("sev1", "surface")]  # fmt: skip


@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_colours_are_told_apart_in_both_themes(pairs: list[tuple[str, str]], least: float) -> None:
    known = tokens()
    weak = {
        (ink, ground, theme): round(contrast(known[ink][place], known[ground][place]), 2)
        for ink, ground in pairs
        for place, theme in enumerate(("light", "dark"))
        if contrast(known[ink][place], known[ground][place]) < least
    }
    assert weak == {}


def test_every_token_that_is_used_is_defined_and_nothing_is_fetched_from_elsewhere() -> None:
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) <= set(re.findall(r"--([\w-]+):", CSS))
    for address in re.findall(r'url\("([^"]+)"\)', CSS):
        assert STATIC.joinpath(address).is_file()
    assert "@import" not in CSS


def test_a_document_has_the_colours_and_sizes_of_the_pages() -> None:
    sheet = (
        files("kintsugi.formats.html").joinpath("templates", "postmortem.css").read_text("utf-8")
    )
    own, theirs = (dict(re.findall(r"--([\w-]+): ([^;]+);", text)) for text in (CSS, sheet))
    alone = {"t-section", "space"}
    assert {name: value for name, value in theirs.items() if own.get(name) != value}.keys() <= alone
    assert len(own.keys() & theirs.keys()) > 30


def test_htmx_stands_in_the_macros_of_the_kernel_and_nowhere_else() -> None:
    server = files("kintsugi.server")
    rooms = [room for room in server.iterdir() if room.joinpath("templates").is_dir()]
    found = {
        f"{room.name}/{file.name}"
        for room in [*rooms, files("kintsugi.kernel")]
        for file in room.joinpath("templates").iterdir()
        if re.search(r"\bhx-[a-z]+", file.read_text("utf-8"))
    }
    assert found <= {
        "kintsugi.kernel/components.html",
        "kernel/components.html",
        "kernel/_head.html",
    }


def test_no_page_asks_for_what_needs_eval() -> None:
    macros = files("kintsugi.kernel").joinpath("templates", "components.html").read_text("utf-8")
    assert not re.search(r"hx-on|hx-vals|js:|hx-trigger=\"[^\"]*\[", macros)


def test_every_asset_of_others_is_the_one_its_manifest_names_with_its_licence() -> None:
    manifest = json.loads(STATIC.joinpath("manifest.json").read_text("utf-8"))
    scripts = {"htmx.min.js", "hx-sse.min.js", "hx-pending.min.js"}
    assert {asset["file"] for asset in manifest} == {"inter-latin.woff2", "sprite.svg"} | scripts
    for asset in manifest:
        assert asset["name"]
        assert asset["version"]
        assert (
            hashlib.sha256(STATIC.joinpath(asset["file"]).read_bytes()).hexdigest()
            == asset["sha256"]
        )
        licence = STATIC.joinpath(asset["licence_file"]).read_text("utf-8")
        assert {
            "OFL-1.1": "SIL OPEN FONT LICENSE",
            "MIT": "MIT License",
            "0BSD": "Zero-Clause BSD",
        }[asset["licence"]] in licence
