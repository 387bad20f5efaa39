"""Which messages are about the same alert, and which of them say something new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.event import AlertEvent, AlertLink, Happening
from kintsugi.core.alerts.fingerprint import content_hash, fingerprint, label_key
from tests.core.alerts.strategies import NOON, events, labels, texts

DISK = AlertEvent(
    Happening.TRIGGER,
    key="disk:/var",
    title="Disk nearly full",
    labels={"host": "db-1", "mount": "/var"},
    annotations={"summary": "91 % used"},
    starts_at=NOON,
)


def test_one_key_of_two_sources_is_two_alerts() -> None:
    assert fingerprint("src_1", "disk") != fingerprint("src_2", "disk")
    assert fingerprint("src_1", "disk") == fingerprint("src_1", "disk")


def test_a_fingerprint_stays_what_it_is_from_release_to_release() -> None:
    assert fingerprint("src_1", "disk:/var") == "af308ea064aa995ac507173c88d1f9a5"
    assert label_key({"b": "2", "a": "1"}) == "5c7c3d8e666f2fd8eb78248097a30795"


def test_a_key_holds_whatever_a_sender_writes() -> None:
    assert len(fingerprint("src_1", "日本 \ud800 \0")) == 32
    assert len(label_key({"\ud800": "\0"})) == 32
    assert len(content_hash(replace(DISK, title="\ud800"))) == 16


def test_labels_that_hold_the_separator_are_told_apart() -> None:
    assert label_key({"a": "1\x1fb", "c": "2"}) != label_key({"a": "1", "b": "2", "c": ""})
    assert label_key({"a\x1fb": "1\x1f2"}) != label_key({"a": "1", "b": "2"})


def test_a_repeat_with_later_times_and_other_values_says_nothing_new() -> None:
    again = replace(
        DISK, starts_at=NOON + timedelta(hours=4), ends_at=NOON, values={"used": "92"}, key="x"
    )
    assert content_hash(again) == content_hash(DISK)


def test_what_people_read_is_news() -> None:
    news = (
        replace(DISK, title="Disk full"),
        replace(DISK, description="Writes fail"),
        replace(DISK, severity_word="critical"),
        replace(DISK, service="orders"),
        replace(DISK, rule="DiskFull"),
        replace(DISK, labels={"host": "db-1"}),
        replace(DISK, annotations={"summary": "99 % used"}),
        replace(DISK, links=(AlertLink("https://grafana.example/d/1"),)),
        replace(DISK, runbook_url="https://runbooks.example/disk"),
    )
    assert len({content_hash(event) for event in (DISK, *news)}) == len(news) + 1


@given(labels, st.randoms())
def test_the_order_of_labels_does_not_matter(labels: dict[str, str], chance: Random) -> None:
    items = list(labels.items())
    chance.shuffle(items)
    assert label_key(dict(items)) == label_key(labels)


@given(labels, labels)
def test_different_labels_have_different_keys(one: dict[str, str], other: dict[str, str]) -> None:
    assert (label_key(one) == label_key(other)) is (one == other)


@given(texts, texts)
def test_different_keys_have_different_fingerprints(one: str, other: str) -> None:
    assert (fingerprint("src_1", one) == fingerprint("src_1", other)) is (one == other)


@given(events(), events())
def test_two_messages_have_one_content_only_if_they_say_the_same(
    one: AlertEvent, other: AlertEvent
) -> None:
    assert (content_hash(one) == content_hash(other)) is (_said(one) == _said(other))


def _said(event: AlertEvent) -> tuple[object, ...]:
    return (
        event.title, event.description, event.severity_word, event.service, event.rule, event.runbook_url,
        dict(event.labels), dict(event.annotations), event.links,
    )  # fmt: skip
