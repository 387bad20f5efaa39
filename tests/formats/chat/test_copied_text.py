"""Text copied from a chat, with the times its messages had."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kintsugi.core.incidents.chat import MOST_MESSAGES, ChatLog
from kintsugi.formats.chat import MOST_BYTES, read_chat
from kintsugi.formats.errors import InputError

LATEST = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def told(log: ChatLog) -> list[tuple[str, str, str]]:
    return [(f"{one.at:%m-%d %H:%M:%S}", one.author, one.text) for one in log.messages]


@pytest.mark.parametrize(
    ("line", "clock", "author", "text"),
    [
        ("14:32 Mina: restarting the pool", "14:32:00", "Mina", "restarting the pool"),
        ("[14:32] Mina Okafor: pool", "14:32:00", "Mina Okafor", "pool"),
        ("[2:32 PM] mina: pool", "14:32:00", "mina", "pool"),
        ("14:32:07 <mina> pool", "14:32:07", "mina", "pool"),
        ("14:32 - Mina (SRE): pool", "14:32:00", "Mina (SRE)", "pool"),
        ("- 14:32 Mina: pool", "14:32:00", "Mina", "pool"),
        ("14:32 https://x.example/a is down", "14:32:00", "", "https://x.example/a is down"),
        ("14:32 the disk of db-3 is full: 100%", "14:32:00", "", "the disk of db-3 is full: 100%"),
        ("2026-03-02 14:32 Mina: pool", "14:32:00", "Mina", "pool"),
        ("2026-03-02T15:32:07+01:00 Mina: pool", "14:32:07", "Mina", "pool"),
        ("[2026-03-02 14:32 UTC] Mina: pool", "14:32:00", "Mina", "pool"),
        ("Mina Okafor  2:32 PM\npool", "14:32:00", "Mina Okafor", "pool"),
        ("Mina [14:32]\npool", "14:32:00", "Mina", "pool"),
        ("-- 2026-03-02 --\n14:32 Mina: pool", "14:32:00", "Mina", "pool"),
    ],
)
def test_a_message_is_read_in_the_forms_chats_are_copied_in(
    line: str, clock: str, author: str, text: str
) -> None:
    assert told(read_chat(line, LATEST)) == [(f"03-02 {clock}", author, text)]


def test_lines_without_a_time_go_on_with_their_message() -> None:
    log = read_chat(
        "\n14:32 Mina: this is the error:\n  14:31 pool exhausted\n\nlook at 14:30\n14:33 Bob: ok\n", LATEST
    )  # fmt: skip
    assert told(log) == [
        (
            "03-02 14:32:00",
            "Mina",
            "this is the error:\n  14:31 pool exhausted\n\nlook at 14:30",
        ),
        ("03-02 14:33:00", "Bob", "ok"),
    ]
    assert [one.line for one in log.messages] == [2, 6]


def test_midnight_passes_and_what_was_sent_late_stays_where_it_is() -> None:
    text = "23:58 a: one\n00:03 b: two\n23:59 c: late\n00:04 d: three"
    log = read_chat(text, LATEST, day=date(2026, 3, 1))
    assert [one[0] for one in told(log)] == [
        "03-01 23:58:00", "03-01 23:59:00", "03-02 00:03:00", "03-02 00:04:00",
    ]  # fmt: skip
    assert not log.notes


def test_a_day_stands_for_what_follows_it_past_midnight() -> None:
    log = read_chat("2026-02-27\n23:58 a: one\n00:03 b: two\n2026-03-01 09:00 c: three", LATEST)
    assert [one[0] for one in told(log)] == [
        "02-27 23:58:00", "02-28 00:03:00", "03-01 09:00:00",
    ]  # fmt: skip


def test_without_a_date_the_last_message_is_the_last_such_before_now() -> None:
    log = read_chat("23:50 a: one\n00:10 b: two\n16:00 c: three", LATEST)
    assert [one[0] for one in told(log)] == ["02-28 23:50:00", "03-01 00:10:00", "03-01 16:00:00"]
    assert log.notes == ("no date stands in the text: it is taken to begin on 2026-02-28",)


def test_an_hour_that_stands_twice_is_read_by_its_order() -> None:
    """Berlin, 26 October 2025: 03:00 becomes 02:00."""
    for text in (
        "02:50 a: one\n02:10 b: two",
        "2025-10-26 02:50 a: one\n2025-10-26 02:10 b: two",
    ):
        log = read_chat(text, LATEST, day=date(2025, 10, 26), zone=BERLIN)
        assert [one[0] for one in told(log)] == ["10-26 00:50:00", "10-26 01:10:00"], text


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "no message"),
        ("\n\n", 1, "no message"),
        ("hello\n14:32 a: b", 1, "no time"),
        ("14:32 a: b\n25:10 c: d", 2, "no time of day"),
        ("2026-02-30 10:00 a: b", 1, "no date"),
        ("0001-01-01 00:00 a: b", 1, "out of range"),
        ("9999-12-31 23:59 -12:00 a: b", 1, "outside|out of range"),
        ("14:32 a: b\n" * (MOST_MESSAGES + 1), MOST_MESSAGES + 1, "2,001 messages"),
        ("14:32 a: " + "b" * MOST_BYTES, 0, "bytes"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(InputError, match=word) as refused:
        read_chat(text, LATEST, file="chat.txt")
    assert refused.value.line == line
    assert str(refused.value).startswith("chat.txt")


def test_a_time_in_utc_without_a_date_needs_the_zone_utc() -> None:
    assert told(read_chat("14:32 UTC Mina: pool", LATEST))[0][1] == "Mina"
    with pytest.raises(InputError, match="in UTC"):
        read_chat("14:32 UTC Mina: pool", LATEST, zone=BERLIN)


LINES = st.sampled_from(
    [
        "14:32 Mina: x", "[03:10] <bob> y", "2026-03-29 02:30 c: gap", "2025-10-26 02:30 d: twice",
        "02:59 a: b",
        "0000-01-01 00:00 a: b", "9999-12-31 23:59Z a: b", "1969-12-31 23:59 a: b", "2026-01-01", "  14:00 more",
        "", "99:99 a: b", "13:00 PM a: b", "Mina  2:32 PM", "[14:32", "00:00 - ", "24:00 x: y",
        "\ud800", "\x00", "12:00 Z x",
    ]
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=12).map("\n".join),
    ),
    st.sampled_from([None, date(2026, 3, 28), date(2025, 10, 25), date(1, 1, 1), date(9999, 12, 31)]),
    st.sampled_from([UTC, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")]),
)  # fmt: skip
@example("[", None, UTC)
@example("{", None, UTC)
def test_any_text_is_read_or_refused_with_its_line(
    text: str, day: date | None, zone: ZoneInfo
) -> None:
    line = 0
    try:
        log = read_chat(text, LATEST, day=day, zone=zone)
    except InputError as error:
        log, line = ChatLog(()), error.line
    assert 0 <= line <= text.count("\n") + 1
    assert list(log.messages) == sorted(log.messages, key=lambda one: one.at)
    assert all(one.at.utcoffset() is not None and one.text for one in log.messages)
    if log.notes and log.messages:
        assert max(one.at for one in log.messages) <= LATEST.replace(minute=1)
