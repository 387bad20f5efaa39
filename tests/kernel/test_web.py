"""The templates of the kernel: what they hold, what they escape, and that they need no more than our CSP allows."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from markupsafe import Markup

from kintsugi.kernel import web
from kintsugi.kernel.auth import Role, Scope, Viewer

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
    "kernel/home.html": {"panels": [Markup("<p>Waits for you.</p>")]},
    "kernel/plain.html": {},
    "kernel/error.html": ERROR,
    "kernel/refused.html": ERROR,
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
    parts = {"_head.html", "_jobs.html", "components.html"}
    assert {f"kernel/{name}" for name in names - parts} == set(PAGES)


WHOLE = [name for name in PAGES if name != "kernel/refused.html"]


@pytest.mark.parametrize("template", WHOLE)
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
    used = {attributes["href"] for attributes in page.of("use")}
    assert used <= symbols or template not in WHOLE
    assert all(attributes.get("type") for attributes in page.of("button"))


def test_the_sprite_holds_no_more_than_shapes() -> None:
    tags = {tag for tag, _ in Elements(STATIC.joinpath("sprite.svg").read_text("utf-8")).found}
    assert tags <= {"svg", "symbol", "path", "circle", "rect", "line"}


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.VIEWER, set()),
        (Role.RESPONDER, {"/incidents/declare"}),
        (Role.ADMIN, {"/incidents/declare"}),
    ],
)
def test_the_bar_offers_what_the_viewer_may_do(role: Role, rooms: set[str]) -> None:
    page = drawn("kernel/base.html", Viewer("u2", "Sam", "sam@example.com", role))
    offered = {attributes["href"] for attributes in page.of("a")}
    assert offered & {"/incidents/declare"} == rooms
    everybody = {"/", "/incidents", "/services", "/teams", "/people", "/settings", "/profile"}
    assert everybody <= offered
    posts = [form["action"] for form in page.of("form") if form["method"] == "post"]
    assert set(posts) == {"/sign-out"}  # in the bar, and in the menu of a phone


def test_a_token_that_only_reads_is_offered_nothing_to_change() -> None:
    reading = replace(MINA, scopes=frozenset({Scope.READ}))
    offered = {link["href"] for link in drawn("kernel/base.html", reading).of("a")}
    assert "/incidents/declare" not in offered


def test_keys_of_one_letter_can_be_turned_off() -> None:
    assert "data-keys" not in drawn("kernel/base.html").of("html")[0]
    quiet = replace(MINA, single_keys=False)
    assert drawn("kernel/base.html", quiet).of("html")[0]["data-keys"] == "off"


def test_no_two_places_of_a_page_share_a_key() -> None:
    keys = [each["data-key"] for _, each in drawn("kernel/base.html").found if "data-key" in each]
    assert len(keys) == len(set(keys)) > 5


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
    assert all((script["src"] or "").startswith("/static/") for script in page.of("script"))


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
    "ui.person(bad, true)",
    "ui.person('', false, bad)",
    "ui.diff([('same', bad), ('gone', bad), ('new', bad)])",
    "ui.menu(bad, bad, [(bad, bad)])",
    "ui.palette(bad, [(bad, bad, bad)])",
    "ui.follow(bad, bad, bad)",
    "ui.select(bad, bad, [], key=bad)",
    "ui.field(bad, bad, rows=1, key=bad, attrs=ui.previews(bad, bad))",
]
BLOCKS = [
    "ui.panel(bad, bad, bad, bad)",
    "ui.panel(bad)",
    "ui.table(bad, [bad])",
    "ui.timeline(bad)",
    "ui.dialog(bad, bad)",
    "ui.panel(bad, attrs=ui.fresh(bad, bad))",
    "ui.panel(bad, attrs=ui.adds(bad, bad, bad, bad))",
    "ui.panel(bad, attrs=ui.again(bad))",
    "ui.panel(bad, attrs=ui.asks(bad, bad))",
    "ui.panel(bad, attrs=ui.listens(bad, bad))",
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
    assert {name for name in names if not name.startswith("_")} - tried == {"time", "due", "kept"}


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


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(60, "03:12, in 1 h"), (5, "Soon 02:17, in 5 min"), (-4, "4 min late was 02:08")],
)
def test_what_is_due_says_how_near_it_is(minutes: int, said: str) -> None:
    at = NOW + timedelta(minutes=minutes)
    zone = web.Times("UTC", NOW)
    html = (
        web.environment()
        .from_string("{% import 'kernel/components.html' as ui %}{{ ui.due(at, times) }}")
        .render(at=at, times=zone)
    )
    assert Elements(html).text.split() == said.split()


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
