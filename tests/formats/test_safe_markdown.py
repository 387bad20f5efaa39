"""Markdown becomes HTML that is safe to show, whatever was typed."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.formats.safe_markdown import inline_html, parse, plain, to_html
from tests.slices import part
from tests.strategies import texts

HARMLESS = frozenset(
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p path pre rect s span strong svg"
    " table tbody td th thead tr ul".split()
)
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://evil.example'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://tracker.example/p.gif)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "```\n</code></pre><script>alert(1)</script>\n```",
    "| <script>x</script> | `<b onclick=1>` |\n|---|---|\n| <img src=x> | <style>*{}</style> |",
    '<span class="task done"></span>',
    "https://a.example/\"onmouseover='alert(1)'",
)


class Seen(HTMLParser):
    """Reads HTML and keeps its tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.comments: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for _, attributes in self.tags if "href" in attributes]


def assert_inert(html: str) -> None:
    seen = Seen(html)
    assert {tag for tag, _ in seen.tags} <= HARMLESS
    assert seen.comments == []
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert "src" not in attributes
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer"
    assert all(link.lower().startswith(("http://", "https://", "mailto:")) for link in seen.links)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_typed_can_run(attack: str) -> None:
    assert_inert(to_html(attack))
    assert_inert(inline_html(attack))
    assert_inert(to_html(f"- > {attack}"))


@given(texts(max_size=200))
def test_any_text_is_inert(text: str) -> None:
    assert_inert(to_html(text))
    assert_inert(inline_html(text))


@given(st.text(st.characters(), max_size=80))
def test_no_text_raises_not_even_one_of_broken_unicode(text: str) -> None:
    assert_inert(to_html(text))
    assert_inert(to_html(f"[{text}]({text}) <https://{text}> ![{text}](https://{text})"))
    plain(text)


def test_html_that_people_typed_is_shown_as_text() -> None:
    assert "&lt;div&gt;" in to_html("<div>\nx\n</div>")
    assert Seen(to_html("a <b>c</b>")).text.strip() == "a <b>c</b>"


@pytest.mark.parametrize(
    "text",
    [
        "<!-- prompt: who was hurt? -->",
        "<!-- over\n\nlines -->",
        "one <!-- two --> one",
        "- <!-- in a list -->",
        "<!---->",
    ],
)
def test_comments_vanish(text: str) -> None:
    seen = Seen(to_html(text))
    assert seen.text.split() in ([], ["one", "one"])


def test_a_comment_that_never_ends_hides_nothing() -> None:
    assert "the rest" in Seen(to_html("<!-- open\n\nthe rest")).text


def test_a_break_in_a_cell_breaks_the_line() -> None:
    html = to_html("| a |\n|---|\n| one<br>two<br/>three |")
    assert [tag for tag, _ in Seen(html).tags].count("br") == 2


def test_code_keeps_what_looks_like_markup() -> None:
    html = to_html("`<br>` and `<!-- x -->`")
    assert Seen(html).text.strip() == "<br> and <!-- x -->"


def test_links_lead_out_and_pictures_are_links() -> None:
    html = to_html("[a](https://a.example) ![b](https://b.example/x.png) mail <mailto:c@d.example>")
    assert Seen(html).links == [
        "https://a.example",
        "https://b.example/x.png",
        "mailto:c@d.example",
    ]


def test_a_picture_in_a_link_does_not_make_a_link_in_a_link() -> None:
    html = to_html("[![build](https://b.example/x.png)](https://a.example)")
    assert Seen(html).links == ["https://a.example"]
    assert "build" in html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://a.example/x.", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)), and", "https://a.example/x_(y)"),
        ("**https://a.example**", "https://a.example"),
    ],
)
def test_a_bare_address_is_a_link_without_the_punctuation_around_it(
    text: str, address: str
) -> None:
    assert Seen(to_html(text)).links == [address]


def test_tasks_have_boxes_that_say_what_they_are() -> None:
    boxes = [a["aria-label"] for tag, a in Seen(to_html("- [ ] a\n- [x] b\n")).tags if tag == "svg"]
    assert boxes == ["To do", "Done"]


def test_heads_of_columns_say_so_and_tables_scroll_by_themselves() -> None:
    seen = Seen(to_html("| a | b |\n|---|--:|\n| 1 | 2 |"))
    assert [a for tag, a in seen.tags if tag == "th"] == [
        {"scope": "col"},
        {"class": "right", "scope": "col"},
    ]
    assert ("class", "scroller") in [
        item for tag, a in seen.tags if tag == "div" for item in a.items()
    ]


def test_text_that_runs_right_to_left_says_so() -> None:
    assert '<p dir="auto">' in to_html("שלום עולם")


def test_plain_words_have_no_marks() -> None:
    assert plain("**a** `b` [c](https://d.example) <!-- e --> ~~f~~") == "a b c  f"


UNITS = ("[", "![", "[a](", "*a ", "~~a ", "`", "<!--", "<!--\n", "<a ", "&", ">", "- ", "> ", "|a", "_a ",
         "http://", ")")  # fmt: skip


@pytest.mark.parametrize("unit", part(UNITS, 4))
@pytest.mark.long
def test_a_megabyte_of_anything_is_rendered(unit: str) -> None:
    text = "http://x" + unit * (1_000_000 // len(unit))
    assert to_html(text).startswith("<p>")


def test_deep_nesting_is_bounded() -> None:
    assert max(token.level for token in parse("> " * 5_000 + "x")) < 100
    assert (
        max(token.level for token in parse("".join(f"{'  ' * n}- a\n" for n in range(300)))) < 100
    )
