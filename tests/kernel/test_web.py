"""The templates of the kernel: what they hold, what they escape, and that they need no more than our CSP allows."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from markupsafe import Markup

from kintsugi.kernel import web
from kintsugi.kernel.auth import Role, Viewer

NOW = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)
MINA = Viewer("u1", "Mina Okafor", "mina@example.com", Role.ADMIN, "Europe/Zurich")
BAD = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>"""
ERROR = {
    "status": 404,
    "title": "Not found",
    "told": "There is nothing at this address.",
    "request_id": "r-1",
}
PAGES: dict[str, dict[str, Any]] = {
    "kernel/base.html": {},
    "kernel/plain.html": {},
    "kernel/error.html": ERROR,
    "kernel/components_page.html": {},
}
STATIC = files("kintsugi.kernel") / "static"
TIMES = web.Times("Europe/Zurich", NOW)


class Elements(HTMLParser):
    """Every start tag of a page with its attributes, and the text outside of tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.found if each == tag]


def drawn(template: str, viewer: Viewer = MINA, **more: Any) -> Elements:  # noqa: ANN401 - a template's context
    return Elements(web.rendered(viewer, NOW, template, PAGES[template] | more))


def snippet(source: str, **context: Any) -> str:  # noqa: ANN401 - a template's context
    """What a template that imports the macros as `ui` writes."""
    head = "{% import 'kernel/components.html' as ui %}"
    return web.environment().from_string(head + source).render(times=TIMES, now=NOW, **context)


def test_every_template_of_the_kernel_is_tried_here() -> None:
    names = {entry.name for entry in (files("kintsugi.kernel") / "templates").iterdir()}
    parts = {"_head.html", "components.html"}
    assert {f"kernel/{name}" for name in names - parts} == set(PAGES)


@pytest.mark.parametrize("template", PAGES)
def test_a_page_has_a_language_a_title_one_main_and_unique_ids(template: str) -> None:
    page = drawn(template)
    assert page.of("html")[0]["lang"] == "en"
    assert len(page.of("title")) == len(page.of("main")) == 1
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.found:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


@pytest.mark.parametrize("template", PAGES)
def test_a_page_needs_no_inline_style_script_or_handler(template: str) -> None:
    page = drawn(template)
    assert not page.of("style")
    assert all(script.get("src", "") for script in page.of("script"))
    for _, attributes in page.found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    for link in [*page.of("script"), *page.of("link")]:
        address = link.get("src") or link.get("href") or ""
        assert STATIC.joinpath(address.removeprefix("/static/")).is_file(), address


@pytest.mark.parametrize("template", PAGES)
def test_every_icon_is_in_the_sprite_and_every_button_has_a_type(template: str) -> None:
    page = drawn(template)
    symbols = {f"#{attributes['id']}" for attributes in page.of("symbol")}
    assert {attributes["href"] for attributes in page.of("use")} <= symbols
    assert all(attributes.get("type") for attributes in page.of("button"))


def test_the_sprite_holds_no_more_than_shapes() -> None:
    tags = {tag for tag, _ in Elements(STATIC.joinpath("sprite.svg").read_text("utf-8")).found}
    assert tags <= {"svg", "symbol", "path", "circle", "rect", "line"}


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.VIEWER, {"/incidents"}),
        (Role.RESPONDER, {"/incidents", "/incidents/declare"}),
        (Role.ADMIN, {"/incidents", "/incidents/declare", "/people"}),
    ],
)
def test_the_bar_offers_what_the_viewer_may_do(role: Role, rooms: set[str]) -> None:
    page = drawn("kernel/base.html", Viewer("u2", "Sam", "sam@example.com", role))
    offered = {attributes["href"] for attributes in page.of("a")}
    assert offered & {"/incidents", "/incidents/declare", "/people"} == rooms
    assert "/profile" in offered
    assert [(form["action"], form["method"]) for form in page.of("form")] == [("/sign-out", "post")]


def test_the_bar_says_in_which_room_one_is_and_who_one_is() -> None:
    page = drawn("kernel/base.html", room="people")
    assert [link["href"] for link in page.of("a") if "aria-current" in link] == ["/people"]
    assert "Mina Okafor" in page.text
    assert "Europe/Zurich" in page.text


@pytest.mark.parametrize(
    ("theme", "written"), [("dark", "dark"), ("light", "light"), ('"x', "system")]
)
def test_the_theme_is_the_readers(theme: str, written: str) -> None:
    assert drawn("kernel/base.html", theme=theme).of("html")[0]["data-theme"] == written
    assert drawn("kernel/base.html").of("html")[0]["data-theme"] == "system"


def test_a_notice_is_read_out() -> None:
    page = drawn("kernel/base.html", notice="Note added.")
    assert "Note added." in page.text
    assert [attributes for _, attributes in page.found if attributes.get("role") == "status"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422, 500])
def test_an_error_says_what_happened_what_to_do_and_which_request_it_was(status: int) -> None:
    page = drawn("kernel/error.html", status=status)
    assert str(status) in page.text
    assert "There is nothing at this address." in page.text
    assert "r-1" in page.text
    assert re.search(r"(Ask|Check|Go|Try|Wait|Send) ", page.text)


@pytest.mark.parametrize("template", ["kernel/base.html", "kernel/error.html"])
def test_names_and_messages_are_escaped(template: str) -> None:
    viewer = Viewer("u1", BAD, BAD, Role.ADMIN, "UTC")
    page = drawn(
        template, viewer, title=BAD, told=BAD, request_id=BAD, notice=BAD, theme=BAD, room=BAD
    )
    assert not page.of("img")
    assert BAD in page.text
    assert len(page.of("script")) == 1


MACROS = [
    "ui.severity(bad)",
    "ui.status_steps([(bad, bad, bad)], bad)",
    "ui.tag(bad, bad)",
    "ui.tag(bad, 'ok')",
    "ui.field(bad, bad, bad, bad, bad, bad, true, bad)",
    "ui.field(bad, bad, bad, rows=3, id=bad)",
    "ui.select(bad, bad, [(bad, bad)], bad, bad, bad)",
    "ui.checkbox(bad, bad, true, bad, bad)",
    "ui.button(bad, bad, bad, bad, shape=bad, key=bad)",
    "ui.button(bad, href=bad, key=bad)",
    "ui.banner(bad, bad)",
    "ui.empty(bad, bad)",
    "ui.empty(bad, bad, bad)",
    "ui.glance([(bad, bad, bad, bad)])",
    "ui.facts([(bad, bad)])",
    "ui.pager(bad, bad, bad)",
    "ui.filter_chips([(bad, bad, true)], bad)",
    "ui.entry(now, times, bad, bad, bad, bad, true, true, bad)",
    "ui.icon(bad, bad)",
]
BLOCKS = [
    "ui.panel(bad, bad, bad, bad)",
    "ui.panel(bad)",
    "ui.table(bad, [bad])",
    "ui.timeline(bad)",
]


@pytest.mark.parametrize("written", MACROS + BLOCKS)
def test_every_argument_of_a_macro_is_escaped(written: str) -> None:
    block = "{% call " + written + " %}{{ bad }}{% endcall %}"
    source = block if written in BLOCKS else "{{ " + written + " }}"
    page = Elements(snippet(source, bad=BAD))
    assert not [tag for tag, _ in page.found if tag in {"script", "img"}]
    assert not [
        name for _, attributes in page.found for name in attributes if name.startswith("on")
    ]


def test_every_macro_is_tried_for_escaping() -> None:
    module: Any = web.environment().get_template("kernel/components.html").module
    names = {name for name in vars(module) if type(getattr(module, name)).__name__ == "Macro"}
    tried = {match for written in MACROS + BLOCKS for match in re.findall(r"ui\.(\w+)", written)}
    assert {name for name in names if not name.startswith("_")} - tried == {"time"}


def test_markup_of_one_macro_goes_into_another_as_it_is() -> None:
    assert '<span class="tag' in snippet("{{ ui.facts([('Scribe', ui.tag('Nobody', 'warn'))]) }}")
    assert "<b>" in snippet("{{ ui.banner('info', text) }}", text=Markup("<b>Not live.</b>"))


def test_a_time_is_the_readers_with_utc_beside_it() -> None:
    page = Elements(snippet("{{ ui.time(at, times) }}", at=NOW - timedelta(minutes=41)))
    assert page.of("time") == [
        {"datetime": "2026-11-21T01:31:00+00:00", "title": "2026-11-21 01:31 UTC"}
    ]
    assert page.text.split() == "02:31, 41 min ago".split()
    assert "not known" in snippet("{{ ui.time(none, times) }}")


def test_a_field_is_joined_to_its_label_hint_and_error() -> None:
    page = Elements(
        snippet("{{ ui.field('due', 'Due', 'x', hint='Day', error='Past', required=True) }}")
    )
    (control,) = page.of("input")
    assert control["id"] == page.of("label")[0]["for"] == "f-due"
    assert control["aria-describedby"] == "f-due-hint f-due-error"
    assert control["aria-invalid"] == "true"
    assert "required" in control


def test_a_password_is_never_written_back() -> None:
    assert "hunter2" not in snippet(
        "{{ ui.field('password', 'Password', 'hunter2', type='password') }}"
    )


def test_a_text_area_keeps_a_first_empty_line() -> None:
    assert ">\n\nsecond</textarea>" in snippet(
        "{{ ui.field('text', 'Text', text, rows=2) }}", text="\nsecond"
    )


def test_a_choice_knows_which_option_is_chosen() -> None:
    page = Elements(snippet("{{ ui.select('level', 'Level', [('1', 'One'), ('2', 'Two')], 2) }}"))
    assert [option["value"] for option in page.of("option") if "selected" in option] == ["2"]


def test_the_last_page_offers_no_next() -> None:
    assert snippet("{{ ui.pager(none) }}").strip() == ""


# --- the stylesheet -----------------------------------------------------------------------------

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


def test_every_asset_of_others_is_the_one_its_manifest_names_with_its_licence() -> None:
    manifest = json.loads(STATIC.joinpath("manifest.json").read_text("utf-8"))
    assert {asset["file"] for asset in manifest} == {"inter-latin.woff2", "sprite.svg"}
    for asset in manifest:
        assert asset["name"]
        assert asset["version"]
        assert (
            hashlib.sha256(STATIC.joinpath(asset["file"]).read_bytes()).hexdigest()
            == asset["sha256"]
        )
        licence = STATIC.joinpath(asset["licence_file"]).read_text("utf-8")
        assert {"OFL-1.1": "SIL OPEN FONT LICENSE", "MIT": "MIT License"}[
            asset["licence"]
        ] in licence
