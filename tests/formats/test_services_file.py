"""A file of services: every way to write it, and where it is wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.catalog.service import LinkKind, ServiceLink, ServiceSpec, checked
from kintsugi.core.catalog.tier import Tier
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import dump_yaml
from kintsugi.formats.services_file import KEYS, read_services, service_data
from tests.strategies import NASTY

YAML = """\
services:
  - name: Checkout
    title: Checkout page
    tier: tier 1
    owner_team: Shop
    tags: [money, 2024]
    links:
      - kind: status page
        url: https://status.example.com
        label: For customers
    depends_on: [payments]
  - name: payments
    links:
      runbook: https://wiki.example.com/p
"""
SPECS = (
    ServiceSpec(
        "checkout", "Checkout page", "", "Shop", Tier(1),
        (ServiceLink(LinkKind.STATUS_PAGE, "https://status.example.com", "For customers"),),
        ("money", "2024"), ("payments",),
    ),
    ServiceSpec("payments", links=(ServiceLink(LinkKind.RUNBOOK, "https://wiki.example.com/p"),)),
)  # fmt: skip


def test_yaml_and_json_in_either_spelling_are_read() -> None:
    assert read_services(YAML).specs == SPECS
    data = [service_data(spec) for spec in SPECS]
    assert read_services(json.dumps({"services": data})).specs == SPECS
    assert read_services(json.dumps(data).encode("utf-16")).specs == SPECS
    assert read_services(dump_yaml(data).replace("\n", "\r\n")).specs == SPECS


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tier 1", "0", "s.yaml:4: services[0].tier: '0' is not a tier; expected 1, 2, 3 or 4"),
        ("tier 1", "[1]", "s.yaml:4: services[0].tier: a list is not a tier"),
        ("Shop", "{a: b}", "s.yaml:5: services[0].owner_team: a mapping is not text"),
        ("[money, 2024]", "money", "s.yaml:6: services[0].tags: 'money' is not a list"),
        ("[money, 2024]", "[a, [b]]", "s.yaml:6: services[0].tags[1]: a list is not text"),
        ("status page", "picture", "s.yaml:8: services[0].links[0].kind: 'picture' is not a kind"),
        ("https://status", "status", "s.yaml:9: services[0].links[0].url: 'status.example.com' is"),
        ("label: For", "note: For", "s.yaml:10: services[0].links[0].note: is not a key here"),
        ("[payments]", "[a b]", "s.yaml:11: services[0].depends_on[0]: 'a b' is not a name"),
        ("[payments]", "payments", "s.yaml:11: services[0].depends_on: 'payments' is not a list"),
        ("depends_on", "dependsOn", ""),
        ("name: payments", "title: x", "s.yaml:12: services[1].name: is missing"),
        ("name: payments", "name: CHECKOUT", "s.yaml:12: services[1].name: checkout stands here"),
        ("runbook: ", "rumbook: ", "s.yaml:14: services[1].links.rumbook: 'rumbook' is not a kind"),
        ("https://wiki", "ftp://wiki", "s.yaml:14: services[1].links.runbook: 'ftp://wiki."),
        ("services:", "service:", "s.yaml:1: service: is not a key here; expected services"),
    ],
)
def test_an_error_names_file_line_and_field(old: str, new: str, told: str) -> None:
    assert old in YAML
    text = YAML.replace(old, new, 1)
    if not told:
        assert read_services(text).specs == SPECS
        return
    with pytest.raises(InputError) as caught:
        read_services(text, file="s.yaml")
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    "text", ["", "  \n", "# only words", "3", "services: x", "{", "[1]", "a: 1"]
)
def test_what_holds_no_services_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^f\.yaml"):
        read_services(text, file="f.yaml")


def test_a_servers_refusal_is_told_at_its_line() -> None:
    read = read_services(YAML, file="s.yaml")
    told = read.refused("services[0].dependsOn[0]", "'payments' is retired", "another")
    assert str(told) == (
        "s.yaml:11: services[0].depends_on[0]: 'payments' is retired; expected another"
    )
    assert read.refused("services[1].links[0].url", "x").line == 14
    assert read.refused("services[7].name", "x").line in (0, 1)
    listed = read_services("- name: a\n- name: b\n  depends_on: [c]\n", file="l.yaml")
    assert listed.refused("services[1].dependsOn[0]", "x").line == 3


def test_every_key_tier_and_kind_is_in_the_reference() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "services-file.md"
    told = page.read_text("utf-8")
    for word in (*KEYS, *(kind.value for kind in LinkKind)):
        assert f"| `{word}` |" in told
    for tier in Tier:
        assert f"| {tier.value} | {tier.word.lower()} |" in told


words = st.sampled_from([text for text in NASTY if len(text) < 150]) | st.text(max_size=30)


@given(st.lists(st.tuples(words, words, words, st.sampled_from([None, *Tier])), max_size=4))
def test_what_is_written_reads_back(said: list[tuple[str, str, str, Tier | None]]) -> None:
    specs = []
    for number, (title, text, tag, tier) in enumerate(said):
        spec = ServiceSpec(f"s{number}", title, text, title, tier, (), (tag,))
        try:
            specs.append(checked(spec))
        except InvalidValue:
            specs.append(ServiceSpec(f"s{number}"))
    data: Any = {"services": [service_data(spec) for spec in specs]}
    assert list(read_services(json.dumps(data)).specs) == specs
    assert list(read_services(dump_yaml(data)).specs) == specs


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["a", "name", "links", "https://h"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["services", "name", "links", "url", "kind", "tags", "dependsOn"]),
            inner,
        )
    ),
)


@given(anything)
def test_whatever_the_data_it_is_read_or_refused(data: object) -> None:
    with suppress(InputError):
        read_services(json.dumps(data), file="x")
