"""What holds for every decoder, whatever it is given; and bodies made to hurt one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from kintsugi.core.shared.text import clean
from kintsugi.formats.alerts import FORMATS, BadSignature, Decoded, Undecodable
from kintsugi.formats.alerts.limits import (
    MAX_DESCRIPTION,
    MAX_KEY,
    MAX_LABEL_NAME,
    MAX_LABEL_VALUE,
    MAX_LABELS,
    MAX_LINKS,
    MAX_NOTES,
    MAX_RULE,
    MAX_SERVICE,
    MAX_TITLE,
    MAX_URL,
    MAX_WORD,
)
from tests.slices import IS_SOAK

NOW = datetime(2026, 11, 21, 9, 15, tzinfo=UTC)
SIZE = 512_000 if IS_SOAK else 32_000
MEASURED = (
    tuple(FORMATS)
    if IS_SOAK
    else ("alertmanager-api", "grafana", "pagerduty", "cloudwatch", "generic")
)
SIGNED = {
    "x-grafana-alerting-timestamp": "1795252500",
    "x-grafana-alerting-signature": "00",
    "sentry-hook-signature": "00",
    "x-checkly-signature": "00",
    "webhook-id": "m",
    "webhook-timestamp": "1795252500",
    "webhook-signature": "v1,AA==",
}


def survives(name: str, body: bytes, headers: Mapping[str, str]) -> Decoded | None:
    """Decode and verify: nothing but the two refusals may come out, and what is read keeps to the limits."""
    one = FORMATS[name]
    with suppress(BadSignature):
        if one.verify:
            one.verify(body, {**SIGNED, **headers}, "secret", NOW)
    with suppress(BadSignature):
        if one.check:
            one.check(body, b"", NOW)
    with suppress(BadSignature):
        if one.certificate_url:
            one.certificate_url(body)
    try:
        found = one.decode(body, headers)
    except Undecodable as refused:
        reason = str(refused)
    else:
        reason = ""
        keeps_to_limits(found)
        assert one.decode(body, headers) == found
        return found
    assert 0 < len(reason) < 1000
    return None


def keeps_to_limits(found: Decoded) -> None:
    """Every text fits its column and every database."""
    assert len(found.notes) <= MAX_NOTES
    for event in found.events:
        assert_text(event.key, MAX_KEY)
        assert event.key
        assert event.title
        assert_text(event.title, MAX_TITLE)
        assert "\n" not in event.title
        assert_text(event.description, MAX_DESCRIPTION)
        assert_text(event.severity_word, MAX_WORD)
        assert_text(event.service, MAX_SERVICE)
        assert_text(event.rule, MAX_RULE)
        assert_pairs(event.labels, MAX_LABEL_VALUE)
        assert_pairs(event.annotations, MAX_DESCRIPTION)
        assert_pairs(event.values, MAX_LABEL_VALUE)
        assert_text(event.runbook_url, MAX_URL)
        assert_links([link.url for link in event.links])
        assert_moments(event.starts_at, event.ends_at)
    for change in found.changes:
        assert change.summary
        assert_text(change.summary, MAX_TITLE)
        assert_text(change.source, MAX_RULE)
        for service in change.services:
            assert_text(service, MAX_SERVICE)
        assert_pairs(change.details, MAX_DESCRIPTION)
        assert_links([link.url for link in change.links])
        assert_moments(change.at)


def assert_text(text: str, limit: int) -> None:
    assert len(text) <= limit
    assert clean(text) == text
    text.encode("utf-8")


def assert_pairs(pairs: Mapping[str, str], limit: int) -> None:
    assert len(pairs) <= MAX_LABELS
    for name, text in pairs.items():
        assert name
        assert text
        assert_text(name, MAX_LABEL_NAME)
        assert_text(text, limit)


def assert_links(urls: list[str]) -> None:
    assert len(urls) <= MAX_LINKS
    for url in urls:
        assert url.lower().startswith(("http://", "https://"))
        assert_text(url, MAX_URL)


def assert_moments(*moments: datetime | None) -> None:
    for at in moments:
        assert at is None or (at.tzinfo is UTC and at.year > 1970)


def _written(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def _filled(unit: bytes, size: int) -> bytes:
    return b"[" + b",".join([unit] * max(1, size // (len(unit) + 1))) + b"]"


def _nested_text(size: int) -> bytes:
    text = '{"title": "x"}'
    while True:
        wrapped = json.dumps({"alert": text})
        if len(wrapped) > size:
            return text.encode()
        text = wrapped


HOSTILE: Mapping[str, Callable[[int], bytes]] = {
    "the same alert again and again": lambda size: _filled(_written({"labels": {"a": "b"}, "title": "t"}), size),
    "a group of the same alert": lambda size: (
        b'{"alerts":' + _filled(b'{"labels":{"alertname":"x"}}', size) + b"}"
    ),
    "empty objects": lambda size: _filled(b"{}", size),
    "empty lists": lambda size: _filled(b"[]", size),
    "deep lists": lambda size: b"[" * size,
    "deep objects": lambda size: b'{"a":' * (size // 5),
    "lists closed again": lambda size: b"[" * (size // 2) + b"]" * (size // 2),
    "many labels": lambda size: _written(
        {"alerts": [{"labels": {f"label{at}": "v" for at in range(size // 16)}}], "title": "t"}
    ),
    "one long label": lambda size: _written({"alerts": [{"labels": {"a": "x" * size}}], "title": "t"}),
    "a long name of a label": lambda size: _written(
        {"alerts": [{"labels": {"x" * size: "v"}}], "title": "t", "labels": {"x" * size: "v"}}
    ),
    "a long title": lambda size: _written({"title": "x " * (size // 2), "summary": "y"}),
    "spaces": lambda size: _written({"title": " " * size, "key": "\t" * 10}),
    "braces of templates": lambda size: _written({"title": "{{" * (size // 2), "key": "$A" * (size // 4)}),
    "asterisks": lambda size: _written({"title": "*a" * (size // 2)}),
    "controls": lambda size: _written({"title": "\x00\ud800" * (size // 12), "key": "k"}),
    "a long number": lambda size: b'{"title":"t","value":' + b"9" * size + b"}",
    "many tags": lambda size: _written({"title": "t", "tags": "a:b," * (size // 4)}),
    "a list of tags": lambda size: _written({"title": "t", "tags": ["a:b"] * (size // 6)}),
    "JSON in text in text": _nested_text,
    "a text of open brackets": lambda size: _written({"title": "t", "alert": "[" * size, "Message": "[" * size}),
    "details of pairs": lambda size: _written(
        {"event_action": "trigger", "payload": {"summary": "s", "custom_details": [["a", 1]] * (size // 8)}}
    ),
    "many links": lambda size: _written(
        {"event_action": "trigger", "payload": {"summary": "s"}, "links": [{"href": "http://x"}] * (size // 20)}
    ),
    "commas in a service": lambda size: _written(
        {"event_action": "trigger", "payload": {"summary": "s", "custom_details": {"service": "," * size}}}
    ),
    "evaluations": lambda size: _written(
        {"ruleId": 1, "state": "ok", "evalMatches": [{"metric": "m", "value": 1}] * (size // 26)}
    ),
    "dimensions": lambda size: _written(
        {"Type": "Notification", "Message": {"AlarmName": "a", "NewStateValue": "OK",
         "NewStateReason": "[1" * (size // 4),
         "Trigger": {"Dimensions": [{"name": "n", "value": "v"}] * (size // 60)}}}
    ),
    "form fields": lambda size: b"&".join([b"a=b"] * (size // 4)),
    "percent signs": lambda size: b"title=" + b"%41" * (size // 3),
}  # fmt: skip
"""Bodies of about a size, each of a shape that a careless reader would be slow or greedy with."""
