"""A Slack export as a ZIP archive: its channels and days, the people of its list, and what no archive may do."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from kintsugi.formats.chat import is_export, read_chat, read_export
from kintsugi.formats.errors import InputError

NOW = datetime(2026, 3, 3, tzinfo=UTC)
DAY = date(2026, 3, 2)
PEOPLE = [
    {"id": "U1", "name": "mina", "profile": {"real_name": "Mina Okafor", "display_name": "Mina"}},
    {"id": "U2", "name": "bob", "real_name": "Bob"},
]


def said(ts: str, text: str, user: str = "U1") -> dict[str, str]:
    return {"type": "message", "user": user, "ts": ts, "text": text}


FILES: Mapping[str, object] = {
    "users.json": PEOPLE,
    "channels.json": [],
    "incidents/2026-03-02.json": [
        said("1772440860.0001", "pool is full, <@U2>"),
        {
            "type": "message",
            "subtype": "channel_join",
            "user": "U2",
            "ts": "1772440861.0",
            "text": "x",
        },
    ],
    "incidents/2026-02-20.json": [said("1771578000.0", "long before")],
    "payments/2026-03-02.json": [said("1772440800.0", "who deploys?", "U2")],
}


def zipped(
    files: Mapping[str, object], packed: int = zipfile.ZIP_DEFLATED, under: str = ""
) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as archive:
        for name, data in files.items():
            content = data if isinstance(data, bytes | str) else json.dumps(data)
            archive.writestr(under + name, content)
    return made.getvalue()


@pytest.mark.parametrize("under", ["", "Tidewell Slack export Mar 2026/"])
def test_the_days_of_all_channels_are_read_in_order_with_names_and_channels(under: str) -> None:
    content = zipped(FILES, under=under)
    assert is_export(content)
    log = read_chat(read_export(content, DAY, DAY), NOW)
    assert [(one.channel, one.author, one.text) for one in log.messages] == [
        ("payments", "Bob", "who deploys?"), ("incidents", "Mina", "pool is full, @Bob"),
    ]  # fmt: skip


def test_a_channel_or_one_day_of_it_is_chosen() -> None:
    content = zipped(FILES)
    for asked, texts in (
        (["#Incidents"], ["long before", "pool is full, @Bob"]),
        (["incidents/2026-02-20", "payments"], ["long before", "who deploys?"]),
    ):
        log = read_chat(read_export(content, channels=asked), NOW)
        assert [one.text for one in log.messages] == texts


BOMB = zipped({"incidents/2026-03-02.json": b"[" + b" " * 30_000_000 + b"]"})
MANY = {
    f"c{n}/2026-03-02.json": [said(f"1772440{k:03d}.{n}", "x") for k in range(999)]
    for n in range(3)
}


@pytest.mark.parametrize(
    ("content", "asked", "word"),
    [
        (b"PK\x03\x04nothing more", (), "cannot be read"),
        (zipped(FILES)[:-40], (), "cannot be read"),
        (zipped({"readme.txt": "x"}), (), "no day of a channel"),
        (zipped(FILES), ("ops",), "expected incidents, payments"),
        (zipped(FILES, zipfile.ZIP_LZMA), (), "unusual way"),
        (BOMB, (), "unpacks to too much"),
        (zipped({"a/2026-03-02.json": {"x": 1}}), (), "a/2026-03-02.json:1: it is no list"),
        (zipped({"a/2026-03-02.json": "[{]"}), (), "a/2026-03-02.json:1: this is not JSON"),
        (zipped(MANY), (), "2,997 messages: c0 (999)"),
        (b"PK\x03\x04" + b"PK\x01\x02" * 20_001, (), "too large"),
        (b"PK\x03\x04" + b"x" * 10_000_001, (), "too large"),
        (zipped({"a/2020-03-02.json": []}), (), "nothing was said there"),
    ],
)  # fmt: skip
def test_what_is_no_export_or_too_much_is_refused(
    content: bytes, asked: tuple[str, ...], word: str
) -> None:
    assert len(BOMB) < 100_000
    with pytest.raises(InputError) as refused:
        read_export(content, DAY, DAY, asked, "export.zip")
    assert word in str(refused.value)
    assert str(refused.value).startswith("export.zip")
