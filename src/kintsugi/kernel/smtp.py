"""The address of a mail server: `smtp://user:password@host:587?starttls=1`, or `smtps://`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from kintsugi.core.shared.errors import InvalidValue

EXPECTED = "smtp://user:password@host:587?starttls=1, or smtps://user:password@host:465"
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where letters are handed over, and how: in TLS from the start, after STARTTLS, or plain."""

    host: str
    port: int
    is_tls: bool
    starts_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


def smtp_of(url: str) -> Smtp:
    """What an address says; STARTTLS by itself on port 587. Raises InvalidValue.

    A password goes out encrypted, or to this machine: anything else is refused.
    """
    wrong = InvalidValue("is no mail server", expected=EXPECTED)
    try:
        parts = urlsplit(url)
        port, query = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise wrong from error
    asked = query.get("starttls", ["" if port not in (None, 587) else "1"])
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.fragment
        or query.keys() - {"starttls"}
        or asked[-1] not in ("", "0", "1")
    ):
        raise wrong
    is_tls = parts.scheme == "smtps"
    made = Smtp(
        parts.hostname, port or (465 if is_tls else 587), is_tls, not is_tls and asked[-1] == "1",
        unquote(parts.username or ""), unquote(parts.password or ""),
    )  # fmt: skip
    if made.user and not (made.is_tls or made.starts_tls) and not _is_here(made.host):
        raise InvalidValue(
            "would send the password unencrypted", expected=f"{EXPECTED}, as a password is in it"
        )
    return made


def _is_here(host: str) -> bool:
    """Whether the host is this machine, whatever a name server says."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(written: str) -> bool:
    """Whether this is one plain e-mail address, without a name beside it."""
    return bool(_ADDRESS.fullmatch(written)) and len(written) <= _LONGEST
