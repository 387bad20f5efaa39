"""Letters over TLS: from the start and after STARTTLS, to a mail server with a certificate made for the test."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.jobs import StepFailed
from kintsugi.kernel.mail import Letter, Mailer
from kintsugi.kernel.smtp import smtp_of

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LETTER = Letter("k1", "bob@example.com", "Due today", "Add an alert.")
USER, PASSWORD = "kintsugi", "a pass:word/with@signs"
WRITTEN = "kintsugi:a%20pass%3Aword%2Fwith%40signs"


class TlsServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP in TLS, from the start or once it is asked to, and lets in who has the password."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext, *, from_the_start: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.context, self.from_the_start = context, from_the_start
        self.said: list[tuple[bool, str]] = []
        """Each line that came, and whether nobody on the way could read it."""
        self.letters: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("TlsServer", self.server)
        self.is_hidden = False
        try:
            if server.from_the_start:
                self._hide(server.context)
            self._say("220 mail.test")
            while line := self.rfile.readline():
                said = line.decode().strip()
                server.said.append((self.is_hidden, said))
                if not self._answered(server, said):
                    return
        except OSError:  # whoever spoke does not trust us, and went
            return
        finally:
            self.rfile.close()
            self.connection.close()

    def _answered(self, server: TlsServer, said: str) -> bool:
        word = said.split(" ", maxsplit=1)[0].upper()
        if word == "EHLO":
            offered = "AUTH PLAIN" if self.is_hidden else "STARTTLS"
            self._say("250-mail.test", f"250 {offered}")
        elif word == "STARTTLS":
            self._say("220 go on")
            self._hide(server.context)
        elif word == "AUTH":
            known = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
            self._say(
                "235 come in" if said.rsplit(" ", maxsplit=1)[-1] == known else "535 who are you"
            )
        elif word == "DATA":
            self._say("354 go on")
            letter = b""
            while (part := self.rfile.readline()) not in (b".\r\n", b""):
                letter += part
            server.letters.append(letter.decode())
            self._say("250 taken")
        else:
            self._say("221 bye" if word == "QUIT" else "250 yes")
        return word != "QUIT"

    def _hide(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.is_hidden = True

    def _say(self, *lines: str) -> None:
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode())


def certificate(folder: Path, *names: x509.GeneralName, days: int = 1) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for these names, kept in `folder` for who wants to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "trusted.pem", folder / "key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context


@contextmanager
def running(context: ssl.SSLContext, *, from_the_start: bool) -> Iterator[TlsServer]:
    server = TlsServer(context, from_the_start=from_the_start)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


HERE = x509.IPAddress(ip_address("127.0.0.1"))


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for this machine, trusted as an organisation trusts one of its own."""
    context = certificate(tmp_path, HERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    return context


def send(url: str) -> None:
    Mailer(smtp_of(url), "kintsugi@example.com").send(LETTER, NOW)


def test_tls_from_the_start_hides_password_and_letter(trusted: ssl.SSLContext) -> None:
    with running(trusted, from_the_start=True) as server:
        send(f"smtps://{WRITTEN}@127.0.0.1:{server.port}")
        assert "Add an alert." in server.letters[0]
        assert any(said.startswith("AUTH PLAIN") for _, said in server.said)
        assert all(hidden for hidden, _ in server.said)


def test_starttls_comes_before_the_password_and_the_letter(trusted: ssl.SSLContext) -> None:
    with running(trusted, from_the_start=False) as server:
        send(f"smtp://{WRITTEN}@127.0.0.1:{server.port}?starttls=1")
        assert "Add an alert." in server.letters[0]
        plain = [said.split(" ")[0].upper() for hidden, said in server.said if not hidden]
        assert plain == ["EHLO", "STARTTLS"]


@pytest.mark.parametrize("from_the_start", [True, False])
@pytest.mark.parametrize("wrong", ["unknown", "another name", "expired"])
@pytest.mark.long
def test_a_certificate_that_is_not_to_be_trusted_gets_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, *, from_the_start: bool
) -> None:
    name = x509.DNSName("elsewhere.test") if wrong == "another name" else HERE
    context = certificate(tmp_path, name, days=-1 if wrong == "expired" else 1)
    if wrong != "unknown":
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    with running(context, from_the_start=from_the_start) as server:
        scheme, query = ("smtps", "") if from_the_start else ("smtp", "?starttls=1")
        with pytest.raises(StepFailed, match="does not answer") as failed:
            send(f"{scheme}://{WRITTEN}@127.0.0.1:{server.port}{query}")
        assert not failed.value.permanent
        assert "pass" not in str(failed.value)
        assert not any(said.startswith(("AUTH", "MAIL")) for _, said in server.said)


def test_a_wrong_password_is_tried_again_and_not_told(trusted: ssl.SSLContext) -> None:
    with running(trusted, from_the_start=True) as server:
        with pytest.raises(StepFailed, match="does not let us in") as failed:
            send(f"smtps://kintsugi:secret@127.0.0.1:{server.port}")
        assert not failed.value.permanent
        assert "secret" not in str(failed.value)
        assert server.letters == []


@pytest.mark.parametrize(
    "url",
    ["smtp://me:secret@mail.example:25?starttls=0", "smtp://me:secret@mail.example:25",
     "smtp://me:secret@localhost.example:25", "smtp://me:secret@192.0.2.7:2525?starttls=0",
     "smtp://me:secret@0.0.0.0:25"],
)  # fmt: skip
def test_a_password_goes_unencrypted_to_no_other_machine(url: str) -> None:
    with pytest.raises(InvalidValue, match="unencrypted") as refused:
        smtp_of(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.0.0.53", "[::1]"])
def test_on_this_machine_a_password_may_go_unencrypted(host: str) -> None:
    found = smtp_of(f"smtp://me:secret@{host}:25?starttls=0")
    assert (found.user, found.password, found.is_tls, found.starts_tls) == (
        "me", "secret", False, False,
    )  # fmt: skip
