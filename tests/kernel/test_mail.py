"""Letters: what a header may hold, which failures pass, and how a mail server is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.config import BadSetting, read_settings
from kintsugi.kernel.jobs import StepFailed
from kintsugi.kernel.mail import Letter, Mailer, mailer_of
from kintsugi.kernel.smtp import smtp_of
from tests.smtp_server import MailServer, mail_server

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LETTER = Letter(
    "k1", "bob@example.com", "Due today", "Add an alert.\nhttps://k.example/actions/ACT-1"
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def text(letter: EmailMessage) -> str:
    return "\n".join(letter.get_content().splitlines()).strip()


def mailer(server: MailServer) -> Mailer:
    made = mailer_of(server.url + "?starttls=0", "kintsugi@example.com")
    assert made is not None
    return made


def test_a_letter_arrives_as_it_was_written(server: MailServer) -> None:
    mailer(server).send(LETTER, NOW)
    got = server.letters[0]
    assert (got["To"], got["From"]) == ("bob@example.com", "kintsugi@example.com")
    assert (got["Subject"], got["Date"]) == ("Due today", "Mon, 02 Mar 2026 08:00:00 +0000")
    assert got.get_content_type() == "text/plain"
    assert text(got) == LETTER.text
    assert "bob@example.com" in server.envelopes[0][1]


def test_the_same_letter_twice_has_one_name(server: MailServer) -> None:
    mailer(server).send(LETTER, NOW)
    mailer(server).send(LETTER, NOW.replace(hour=9))
    mailer(server).send(Letter("k2", "bob@example.com", "Due today", "x"), NOW)
    names = [str(one["Message-ID"]) for one in server.letters]
    assert names[0] == names[1] != names[2]
    assert names[0].endswith("@example.com>")


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: eve@example.com", "a\nX-Evil: 1", "a\x00b\x0bc\u2028d", "ä" * 900]
)
def test_nothing_in_a_subject_becomes_a_header(server: MailServer, subject: str) -> None:
    mailer(server).send(Letter("k", "bob@example.com", subject, "x\n.\nBcc: eve@example.com"), NOW)
    got = server.letters[0]
    assert set(got.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert text(got) == "x\n.\nBcc: eve@example.com"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "bob",
        "bob@example.com\r\nBcc: eve@example.com",
        "a@b.c, d@e.f",
        "Bob <b@c.d>",
        "a b@c.d",
    ],
)
def test_what_is_no_address_gets_nothing_and_is_not_tried_again(
    server: MailServer, to: str
) -> None:
    with pytest.raises(StepFailed) as failed:
        mailer(server).send(Letter("k", to, "s", "x"), NOW)
    assert failed.value.permanent
    assert server.letters == []


@pytest.mark.parametrize(
    ("word", "answer", "permanent"),
    [("RCPT", "550 nobody here", True), ("RCPT", "450 later", False), ("MAIL", "553 no", True),
     ("DATA", "554 spam", True), ("DATA", "451 busy", False), ("EHLO", "421 full", False)],
)  # fmt: skip
@pytest.mark.long
def test_the_servers_answer_says_whether_it_is_tried_again(
    server: MailServer, word: str, answer: str, permanent: bool
) -> None:
    server.answers[word] = [answer] * 3
    server.answers["HELO"] = [answer]
    with pytest.raises(StepFailed) as failed:
        mailer(server).send(LETTER, NOW)
    assert failed.value.permanent is permanent
    assert "nobody here" not in str(failed.value)
    server.answers.clear()
    mailer(server).send(LETTER, NOW)


def test_a_server_that_is_not_there_or_offers_no_tls_is_tried_again(server: MailServer) -> None:
    with pytest.raises(StepFailed) as failed:
        Mailer(smtp_of("smtp://127.0.0.1:1?starttls=0"), "a@b.c").send(LETTER, NOW)
    assert not failed.value.permanent
    with pytest.raises(StepFailed, match="STARTTLS") as failed:
        Mailer(smtp_of(server.url + "?starttls=1"), "a@b.c").send(LETTER, NOW)
    assert not failed.value.permanent


def test_a_mail_server_is_named_by_an_address() -> None:
    plain = smtp_of("smtp://mail.example")
    assert (plain.host, plain.port, plain.starts_tls) == ("mail.example", 587, True)
    full = smtp_of("smtps://me%40x:p%40ss@mail.example")
    assert (full.port, full.is_tls, full.user, full.password) == (465, True, "me@x", "p@ss")
    assert "p@ss" not in repr(full)
    assert not smtp_of("smtp://localhost:25").starts_tls


@pytest.mark.parametrize(
    "url",
    ["http://x", "smtp://", "smtp://h:x", "smtp://h:99999", "smtp://h/path", "smtp://h?tls=1", "smtp://h?starttls=2",
     "smtp://me:secret@mail.example:25?starttls=0"],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(InvalidValue):
        smtp_of(url)
    with pytest.raises(BadSetting, match="KINTSUGI_SMTP_URL") as refused:
        read_settings({"KINTSUGI_SMTP_URL": url, "KINTSUGI_MAIL_FROM": "a@b.c"})
    assert "secret" not in str(refused.value)


def test_letters_need_an_address_that_they_come_from() -> None:
    with pytest.raises(BadSetting, match="KINTSUGI_MAIL_FROM"):
        read_settings({"KINTSUGI_SMTP_URL": "smtp://h"})
    with pytest.raises(BadSetting, match="KINTSUGI_MAIL_FROM"):
        read_settings({"KINTSUGI_MAIL_FROM": "Kintsugi <k@x>"})
    assert not read_settings({}).sends_mail
    assert read_settings(
        {"KINTSUGI_SMTP_URL": "smtp://h", "KINTSUGI_MAIL_FROM": "a@b.c"}
    ).sends_mail
