"""What commands share that talk to a server: where it is, how its refusals end, how times are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kintsugi.cli.output import BAD_INPUT, FINDINGS, fail, note
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean

if TYPE_CHECKING:
    from rich.console import Console

    from kintsugi.client import Client, ClientError
    from kintsugi.client.sending import Sender

URL, TOKEN, TOKEN_FILE = "KINTSUGI_URL", "KINTSUGI_TOKEN", "KINTSUGI_TOKEN_FILE"
KEY, KEY_FILE = "KINTSUGI_SOURCE_KEY", "KINTSUGI_SOURCE_KEY_FILE"
WHERE = f"{URL} says where the server is, {TOKEN} who you are."
"""What the help of every command says that asks a server."""
_OF_THE_INPUT = frozenset({400, 404, 413, 422})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@contextmanager
def server() -> Iterator[Client]:
    """The server of the environment; a refusal ends the command with what the server said.

    Exit code 2 when what was asked cannot be used, 1 when the server refuses it or does not answer.
    """
    from kintsugi.client import Client, ClientError

    url, token = _url(os.environ), _token(os.environ)
    try:
        client = Client(url, token)
    except InvalidValue as error:
        fail(f"{TOKEN if error.field == 'token' else URL}: {error.problem}")
    _warn_unencrypted(client.connection.url, "token")
    try:
        with client:
            yield client
    except ClientError as error:
        end(error)


@contextmanager
def sender(key_file: str = "") -> Iterator[Sender]:
    """The server of the environment for who has the key of a source; ends the command as `server` does."""
    from kintsugi.client import ClientError
    from kintsugi.client.sending import Sender

    url, key = _url(os.environ), source_key(os.environ, key_file)
    if not key:
        fail(
            f"{KEY} is not set; set it, or {KEY_FILE}, to the key of a source"
            " (kintsugi source add NAME --format pagerduty makes one)"
        )
    try:
        opened = Sender(url, key)
    except InvalidValue as error:
        fail(f"{KEY if error.field == 'key' else URL}: {error.problem}")
    _warn_unencrypted(opened.connection.url, "key")
    try:
        with opened:
            yield opened
    except ClientError as error:
        if error.status == 404:
            held = f"--key-file {key_file}" if key_file else KEY
            fail(f"{held} holds no key of a source of the format pagerduty")
        end(error)


def source_key(environment: Mapping[str, str], key_file: str = "") -> str:
    """The key of a source, from a file or from its variables; empty if there is none."""
    if key_file:
        return _read(key_file, "--key-file")
    return _secret(environment, KEY, KEY_FILE)


def end(error: ClientError) -> None:
    """End the command with what the server said."""
    hint = f"; {TOKEN} holds no token it knows" if error.status == 401 else ""
    note(f"kintsugi: {clean(str(error))}{hint}")
    sys.exit(BAD_INPUT if error.status in _OF_THE_INPUT else FINDINGS)


def _url(environment: Mapping[str, str]) -> str:
    url = environment.get(URL, "").strip()
    if not url:
        fail(f"{URL} is not set; set it to the server's address, such as https://kintsugi.example")
    return url


def _token(environment: Mapping[str, str]) -> str:
    """The token, from its variable or from a file; it is never an option, which other users could see."""
    token = _secret(environment, TOKEN, TOKEN_FILE)
    if not token:
        fail(
            f"{TOKEN} is not set; set it, or {TOKEN_FILE}, to an API token"
            " (kintsugi token create makes one)"
        )
    return token


def _secret(environment: Mapping[str, str], name: str, file_name: str) -> str:
    """What a variable holds, or the file that another one names."""
    secret, file = environment.get(name, "").strip(), environment.get(file_name, "").strip()
    if secret and file:
        fail(f"{name} and {file_name} are both set; keep one")
    return _read(file, file_name) if file else secret


def _read(file: str, name: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        fail(f"{name}: the file {file} cannot be read")


def _warn_unencrypted(url: str, what: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        note(f"kintsugi: the {what} goes to {parts.hostname} unencrypted; use https")


def zone_of(client: Client) -> ZoneInfo:
    """The time zone of whom the token stands for; UTC where this machine does not know it."""
    try:
        return ZoneInfo(client.me().zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def shown(moment: datetime, zone: ZoneInfo) -> str:
    """A time in a zone, with UTC: `2026-03-02 10:00 CET (09:00 UTC)`."""
    there, utc = moment.astimezone(zone), moment.astimezone(UTC)
    if there.utcoffset() == utc.utcoffset():
        return f"{utc:%Y-%m-%d %H:%M} UTC"
    form = "%H:%M" if there.date() == utc.date() else "%Y-%m-%d %H:%M"
    return f"{there:%Y-%m-%d %H:%M %Z} ({utc.strftime(form)} UTC)"


def console() -> Console:
    """The terminal, or a wide page where the result goes to a file or a pipe; NO_COLOR is honoured."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 200
    return Console(width=width, highlight=False, markup=False, emoji=False)
