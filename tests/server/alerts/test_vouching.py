"""What is fetched of senders who have a certificate: over TLS that a known authority vouches for, and nowhere else.

The authority is one of our own, made for the test.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kintsugi.server.alerts.intake.vouching import MOST_BYTES, fetch

AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of our own")])


class Host(BaseHTTPRequestHandler):
    """Has a certificate to give, leads elsewhere, and sends without end."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/elsewhere" else 200)
        if self.path == "/elsewhere":
            self.send_header("Location", "/a.pem")
        self.end_headers()
        self.wfile.write(b"x" * (2 * MOST_BYTES) if self.path == "/long" else b"a certificate")

    def log_message(self, format: str, *_values: object) -> None:  # noqa: A002 - the base's name
        """Says nothing."""


def signed_by(
    key: ec.EllipticCurvePrivateKey,
    name: x509.Name,
    own: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> bytes:
    """A certificate in the authority's name."""
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(AUTHORITY)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The authority's certificate; beside it one of `localhost` that it signed."""
    root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (tmp_path / "ca.pem").write_bytes(signed_by(root, AUTHORITY, root, is_ca=True))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "host.pem").write_bytes(signed_by(root, name, own, is_ca=False) + private)
    return tmp_path / "ca.pem"


@pytest.fixture
def host(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a host with that certificate."""
    monkeypatch.setattr(Host, "asked", [], raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.with_name("host.pem"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def trusted(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))


@pytest.mark.usefixtures("trusted")
def test_it_is_fetched_from_a_host_that_the_authority_vouches_for(host: str) -> None:
    assert fetch(f"{host}/a.pem") == b"a certificate"
    assert len(fetch(f"{host}/long")) == MOST_BYTES


def test_nothing_is_fetched_from_a_host_that_nobody_knows(host: str) -> None:
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"{host}/a.pem")
    assert Host.asked == []


@pytest.mark.usefixtures("trusted")
def test_nothing_is_fetched_from_a_host_of_another_name(host: str) -> None:
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(host.replace("localhost", "127.0.0.1") + "/a.pem")
    assert Host.asked == []


@pytest.mark.usefixtures("trusted")
def test_it_is_led_nowhere_else(host: str) -> None:
    with pytest.raises(OSError, match="302"):
        fetch(f"{host}/elsewhere")
    assert Host.asked == ["/elsewhere"]


@pytest.mark.parametrize("scheme", ["http:", "file:", "ftp:", "HTTPS:"])
def test_only_https_is_asked(scheme: str) -> None:
    with pytest.raises(OSError, match="not an https address"):
        fetch(f"{scheme}//localhost/etc/passwd")
