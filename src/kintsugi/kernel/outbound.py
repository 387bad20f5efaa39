"""The way out: requests to addresses that users aim, guarded, and letters to the mail server of the settings."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from kintsugi.kernel.guard import Address, Network, Refused, Resolve, Target, resolved, target_of
from kintsugi.kernel.jobs.registry import StepFailed
from kintsugi.kernel.mail import Letter, Send
from kintsugi.plugins.outbound import NO_HEADERS, Answer, SendFailed

PATIENCE_SECONDS = 20.0
"""For a whole request: Standard Webhooks asks for 15 to 30."""
CONNECT_SECONDS = 5.0
MOST_SENT = 256 * 1024
MOST_READ = 16 * 1024
_OURS = frozenset("host content-length connection transfer-encoding expect te upgrade".split())
"""Headers that the request makes itself."""


@dataclass(frozen=True, slots=True)
class GuardedOutbound:
    """Sends to public addresses, and to the networks that the settings allow.

    A request goes straight to an address that was checked, by no proxy, follows no redirect, and ends
    within its time. The certificate has to be the host's. `mail` is None where no mail server is set.
    """

    now: datetime
    mail: Send | None = None
    allowed: Sequence[Network] = ()
    resolve: Resolve = resolved
    patience: float = PATIENCE_SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
        """Post a body and give the answer. Raises SendFailed."""
        if len(body) > MOST_SENT:
            raise SendFailed("it is larger than what is sent", permanent=True)
        ends = time.monotonic() + self.patience
        try:
            target = target_of(url, self.allowed, _in_time(self.resolve, self.patience))
        except Refused as error:
            raise SendFailed(f"the address {error.text()}") from error
        except OSError as error:
            raise SendFailed("the name of its host is not found") from error
        return _posted(target, body, _checked(headers), ends)

    def letter(self, key: str, to: str, subject: str, text: str) -> None:
        """Hand a letter to the mail server. Raises SendFailed."""
        if self.mail is None:
            raise SendFailed("no mail server is set: KINTSUGI_SMTP_URL", permanent=True)
        try:
            self.mail(Letter(key, to, subject, text), self.now)
        except StepFailed as error:
            raise SendFailed(str(error), permanent=error.permanent) from error


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers, if they are such as may be sent. Raises SendFailed."""
    for name, value in headers.items():
        is_plain = name.replace("-", "").isalnum() and name.isascii() and value.isprintable()
        if not is_plain or not value.isascii() or name.casefold() in _OURS:
            raise SendFailed(f"the header {name[:40]!r} cannot be sent", permanent=True)
    return dict(headers)


def _posted(target: Target, body: bytes, headers: dict[str, str], ends: float) -> Answer:
    try:
        with _connected(target, ends) as connection:
            connection.request(
                "POST", target.path, body, {"Host": target.host_header, **headers, "Connection": "close"}
            )  # fmt: skip
            with connection.getresponse() as response:
                if time.monotonic() >= ends:  # a head that was cut off reads like one that ended
                    raise TimeoutError
                told = {name.casefold(): value for name, value in response.getheaders()}
                return Answer(response.status, told, _beginning(response))
    except ssl.SSLCertVerificationError as error:
        raise SendFailed(f"its certificate is refused: {error.verify_message}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= ends:
            raise SendFailed("it did not answer in time") from error
        if isinstance(error, ssl.SSLError):
            raise SendFailed("it speaks no TLS that we do") from error
        raise SendFailed(f"the connection failed ({type(error).__name__})") from error


def _beginning(response: http.client.HTTPResponse) -> bytes:
    """What can be read of the body: the status has been told, so an end before its end is none of an answer."""
    try:
        return response.read(MOST_READ)
    except (OSError, http.client.HTTPException):
        return b""


@contextmanager
def _connected(target: Target, ends: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to the first of the checked addresses that takes one; it is shut when its time is over."""
    with (
        closing(_first(target.addresses, target.port, ends)) as plain,
        closing(_in_tls(plain, target) if target.scheme == "https" else plain) as raw,
    ):
        raw.settimeout(max(0.1, ends - time.monotonic()))
        # A byte every now and then would keep each read waiting, and never be late by itself.
        timer = threading.Timer(max(0.0, ends - time.monotonic()), partial(_shut, raw))
        timer.daemon = True
        timer.start()
        try:
            if isinstance(raw, ssl.SSLSocket):
                raw.do_handshake()
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.auto_open = 0  # it never asks a name server: the socket is there
            connection.sock = raw
            yield connection
        finally:
            timer.cancel()


def _in_tls(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    name = target.host.rstrip(".")
    return context.wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)


def _first(addresses: Sequence[Address], port: int, ends: float) -> socket.socket:
    last: OSError = TimeoutError()
    for address in addresses:
        left = min(CONNECT_SECONDS, ends - time.monotonic())
        if left <= 0:
            break
        try:
            return socket.create_connection((str(address), port), left)
        except OSError as error:
            last = error
    raise last


def _shut(raw: socket.socket) -> None:
    try:
        raw.shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended by itself
        return


def _in_time(resolve: Resolve, seconds: float) -> Resolve:
    """The same question, given up after so long: a name server can keep the system's own waiting for minutes."""

    def asked(host: str, port: int) -> Sequence[str]:
        found: list[Sequence[str] | OSError] = []

        def ask() -> None:
            try:
                found.append(resolve(host, port))
            except (OSError, UnicodeError) as error:
                found.append(error if isinstance(error, OSError) else OSError(str(error)))

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(seconds)
        answer = found[0] if found else TimeoutError()
        if isinstance(answer, OSError):
            raise answer
        return answer

    return asked
