"""The way out: it goes where the check went, follows nothing, ends in time, and trusts no certificate of another."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from kintsugi.kernel.guard import networks_of
from kintsugi.kernel.mail import mailer_of
from kintsugi.kernel.outbound import MOST_SENT, GuardedOutbound
from kintsugi.plugins.outbound import SendFailed
from tests.kernel.test_mail_tls import certificate
from tests.receiver import Dripping, Receiver, receiver
from tests.smtp_server import mail_server

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HERE = networks_of("127.0.0.1")
OUT = GuardedOutbound(NOW, allowed=HERE)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def test_what_is_posted_arrives(server: Receiver) -> None:
    answer = OUT.post(
        server.url, b'{"a":1}', {"Content-Type": "application/json", "webhook-id": "1"}
    )
    assert answer.status == 204
    got = server.got[0]
    assert (got.path, got.body) == ("/hook?from=kintsugi", b'{"a":1}')
    assert got.headers["webhook-id"] == "1"
    assert got.headers["host"] == f"127.0.0.1:{server.port}"


def test_it_asks_for_the_name_once_and_goes_where_the_check_went(server: Receiver) -> None:
    asked = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    out = replace(OUT, resolve=rebinding)
    assert out.post(f"http://hooks.example.com:{server.port}/", b"x").status == 204
    assert asked == ["hooks.example.com"]
    assert server.got[0].headers["host"] == f"hooks.example.com:{server.port}"


def test_without_the_setting_this_machine_is_out_of_reach(server: Receiver) -> None:
    out = GuardedOutbound(NOW)
    for host in ("127.0.0.1", "localhost", "[::1]", "2130706433"):
        with pytest.raises(SendFailed, match="the address"):
            out.post(f"http://{host}:{server.port}/", b"x")
    assert server.got == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: Receiver, status: int) -> None:
    server.answers, server.headers = [status], {"Location": f"{server.url}/elsewhere"}
    assert OUT.post(server.url, b"x").status == status
    assert len(server.got) == 1


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\nX-Long: "])
def test_a_receiver_that_never_ends_its_answer_is_left(begins: bytes) -> None:
    with Dripping(begins).running() as server:
        began = time.monotonic()
        with pytest.raises(SendFailed, match="in time") as failed:
            replace(OUT, patience=0.4).post(f"http://127.0.0.1:{server.port}/", b"x")
        assert not failed.value.permanent
        assert time.monotonic() - began < 10


def test_of_an_endless_body_the_beginning_is_read() -> None:
    with Dripping(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000).running() as server:
        answer = OUT.post(f"http://127.0.0.1:{server.port}/", b"x")
        assert (answer.status, len(answer.body)) == (200, 16 * 1024)


def test_a_name_server_that_says_nothing_is_left() -> None:
    never = threading.Event()

    def silent(_host: str, _port: int) -> list[str]:
        never.wait(30)
        return ["127.0.0.1"]

    with pytest.raises(SendFailed, match="name of its host"):
        replace(OUT, resolve=silent, patience=0.2).post("https://hooks.example.com/", b"x")
    never.set()


def test_nobody_there_and_no_http_are_tried_again(server: Receiver) -> None:
    with pytest.raises(SendFailed, match="connection failed") as failed:
        OUT.post("http://127.0.0.1:1/", b"x")
    assert not failed.value.permanent
    with pytest.raises(SendFailed, match="TLS"):
        OUT.post(f"https://127.0.0.1:{server.port}/", b"x")


@pytest.mark.parametrize(
    "headers", [{"Host": "evil"}, {"content-length": "3"}, {"X": "a\r\nB: c"}, {"X Y": "z"}, {"é": "z"}, {"X": "é"}]
)  # fmt: skip
def test_a_header_that_would_be_another_is_not_sent(
    server: Receiver, headers: dict[str, str]
) -> None:
    with pytest.raises(SendFailed, match="cannot be sent") as failed:
        OUT.post(server.url, b"x", headers)
    assert failed.value.permanent
    with pytest.raises(SendFailed, match="larger"):
        OUT.post(server.url, b"x" * (MOST_SENT + 1))
    assert server.got == []


def test_the_certificate_has_to_be_the_hosts(
    server: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certificate(tmp_path, x509.DNSName("hooks.example.com"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    out = replace(OUT, resolve=lambda *_: ["127.0.0.1"])

    def post(host: str) -> int:
        return out.post(f"https://{host}:{server.port}/", b"x").status

    with pytest.raises(SendFailed, match="certificate"):
        post("hooks.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    assert post("hooks.example.com") == 204
    with pytest.raises(SendFailed, match="certificate"):
        post("other.example.com")
    assert len(server.got) == 1


def test_letters_go_by_the_mail_server_of_the_settings() -> None:
    with pytest.raises(SendFailed, match="KINTSUGI_SMTP_URL") as failed:
        OUT.letter("k", "bob@example.com", "s", "x")
    assert failed.value.permanent
    with mail_server() as mail:
        made = mailer_of(f"{mail.url}?starttls=0", "kintsugi@example.com")
        assert made is not None
        out = replace(OUT, mail=made.send)
        out.letter("k", "bob@example.com", "Due", "x")
        assert mail.to() == ["bob@example.com"]
        mail.answers["RCPT"] = ["550 nobody"]
        with pytest.raises(SendFailed, match="refuses") as failed:
            out.letter("k", "bob@example.com", "Due", "x")
        assert failed.value.permanent
