"""Titles from templates: fields are looked up, and nothing else happens."""

from __future__ import annotations

import pytest
from hypothesis import given

from kintsugi.core.alerts.labels import facts
from kintsugi.core.alerts.title import LONGEST, NAMELESS, names_in, titled
from tests.core.alerts.strategies import labels, texts

ALERT = facts(
    {"host": "db-1", "a.b": "dotted", "service": "orders-api"},
    title="Disk nearly full",
    rule="DiskFull",
    service="orders",
    severity=None,
    source="Prometheus",
    kind="monitoring",
)


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{title}", "Disk nearly full"),
        ("{service}: {title} on {host}", "orders: Disk nearly full on db-1"),
        ("{ host } {a.b}", "db-1 dotted"),
        ("{team|nobody} {host|x}", "nobody db-1"),
        ("{severity|no severity}: {title}", "no severity: Disk nearly full"),
        ("{{host}} {host}", "{host} db-1"),
        ("a { b } c", "a c"),
        ("{host", "{host"),
        ("host}", "host}"),
        ("line one\nline two", "line one line two"),
        ("", "Disk nearly full"),
        ("{team}", "Disk nearly full"),
    ],
)
def test_fields_are_replaced(template: str, title: str) -> None:
    assert titled(template, ALERT).text == title


@pytest.mark.parametrize(
    "template",
    ["{title.__class__}", "{0}", "{title!r}", "{title:>10}", "{__globals__}", "%(title)s"],
)
def test_a_template_reaches_nothing_of_the_program(template: str) -> None:
    assert titled(f"x {template}", ALERT).text in ("x", "x %(title)s")


def test_what_an_alert_has_nothing_for_is_told() -> None:
    assert titled("{team} {host} {team} {tier|1}", ALERT).missing == ("team",)


def test_a_value_is_not_a_template() -> None:
    assert titled("{host}", {"host": "{title}"}).text == "{title}"


def test_an_alert_without_any_title_has_one() -> None:
    assert titled("{title}", {}).text == NAMELESS


def test_the_names_of_a_template_are_told() -> None:
    assert names_in("{a} {{b}} {c|x} { a }") == ("a", "c")


@given(texts, labels)
def test_a_title_is_one_short_line_that_is_never_empty(
    template: str, labels: dict[str, str]
) -> None:
    for made in (template, f"{{{template}}}"):
        text = titled(made, labels).text
        assert 0 < len(text) <= LONGEST
        assert "\n" not in text
        assert "\0" not in text
