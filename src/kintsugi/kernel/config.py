"""Settings, typed, from the environment: KINTSUGI_<NAME>, or KINTSUGI_<NAME>_FILE for what is secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.times import zone_named
from kintsugi.kernel.guard import Network, networks_of
from kintsugi.kernel.smtp import is_address, smtp_of

PREFIX = "KINTSUGI_"
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?")
_DATABASES = "sqlite:///path/to/file.db or postgresql://user@host/database"


class BadSetting(DomainError):
    """A setting cannot be used; the message names its variable and what would be right, never its value if secret."""


def _setting(default: Any, says: str, parse: Callable[[str], Any], *, secret: bool = False) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"says": says, "parse": parse, "secret": secret})


def _host(written: str) -> str:
    """One address. An empty one would listen on all there are."""
    if not _HOST.fullmatch(written):
        raise ValueError("an address or a name of this machine, such as 127.0.0.1")
    return written


def _port(written: str) -> int:
    if not written.isdecimal() or not 0 <= int(written) <= 65_535:
        raise ValueError("a port from 0 to 65535")
    return int(written)


def _days(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= 365:
        raise ValueError("a number of days from 1 to 365")
    return int(written)


def _database_url(written: str) -> str:
    scheme, separator, rest = written.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme, written = "postgresql+psycopg", f"postgresql+psycopg{separator}{rest}"
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as error:
        raise ValueError(_DATABASES) from error
    is_file = scheme == "sqlite" and url.database not in (None, "", ":memory:")
    if not is_file and scheme != "postgresql+psycopg":
        raise ValueError(_DATABASES)
    return written


def _base_url(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as https://kintsugi.example.com")
    return written.rstrip("/")


def _zone(written: str) -> str:
    try:
        zone_named(written)
    except InvalidValue as error:
        raise ValueError(error.expected) from error
    return written


def _level(written: str) -> str:
    if written.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("DEBUG, INFO, WARNING or ERROR")
    return written.upper()


def _log_format(written: str) -> str:
    if written not in ("console", "json"):
        raise ValueError("console or json")
    return written


def _smtp_url(written: str) -> str:
    try:
        smtp_of(written)
    except InvalidValue as error:
        raise ValueError(error.expected) from error
    return written


def _mail_from(written: str) -> str:
    if written and not is_address(written):
        raise ValueError("an e-mail address such as kintsugi@example.com")
    return written


def _networks(written: str) -> str:
    try:
        networks_of(written)
    except InvalidValue as error:
        raise ValueError(error.expected) from error
    return written


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with a default that works on a laptop. Raises BadSetting (from `read_settings`)."""

    database_url: str = _setting(
        "sqlite:///kintsugi.db",
        "Where the data is: a SQLite file or a PostgreSQL database.",
        _database_url,
        secret=True,
    )
    host: str = _setting("127.0.0.1", "The address to listen on.", _host)
    port: int = _setting(8000, "The port to listen on.", _port)
    base_url: str = _setting(
        "", "The address people reach it by; links and cookies use it.", _base_url
    )
    zone: str = _setting(
        "UTC", "The organisation's time zone, for reports and for people who set none.", _zone
    )
    session_days: int = _setting(
        14, "Days after which somebody who was away signs in again.", _days
    )
    smtp_url: str = _setting(
        "",
        "The mail server that letters go out by: smtp://user:password@host:587?starttls=1, or smtps://.",
        _smtp_url,
        secret=True,
    )
    mail_from: str = _setting("", "The address that letters come from.", _mail_from)
    allowed_networks: str = _setting(
        "",
        "Networks of your own that webhooks may go to, with commas between them; else only public addresses.",
        _networks,
    )
    log_level: str = _setting("INFO", "How much is logged.", _level)
    log_format: str = _setting("console", "console for people, json for machines.", _log_format)

    @property
    def address(self) -> str:
        """The address people reach it by."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def sends_mail(self) -> bool:
        """Whether letters can go out."""
        return bool(self.smtp_url and self.mail_from)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks of our own that webhooks may go to."""
        return networks_of(self.allowed_networks)

    @property
    def is_https(self) -> bool:
        """Whether cookies may be kept to encrypted connections."""
        return self.base_url.startswith("https://")

    @property
    def zone_info(self) -> ZoneInfo:
        """The organisation's zone."""
        return ZoneInfo(self.zone)


def read_settings(environment: Mapping[str, str], **overrides: object) -> Settings:
    """The settings of an environment; `overrides` (from the command line) go first when not None.

    Raises BadSetting for a value that cannot be used and for a variable of ours that is no setting.
    """
    known = {entry.name: entry for entry in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, written in environment.items():
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        from_file = name.endswith("_file") and name.removesuffix("_file") in known
        name = name.removesuffix("_file") if from_file else name
        if name not in known:
            raise BadSetting(
                f"{variable} is no setting; the settings are {', '.join(sorted(map(_variable, known)))}"
            )
        if name in values:
            raise BadSetting(f"{_variable(name)} is given twice, also as a file")
        values[name] = _parsed(
            variable, known[name].metadata, _from_file(variable, written) if from_file else written
        )
    for name, value in overrides.items():
        if value is not None:
            metadata = known[name].metadata
            values[name] = _parsed(f"--{name}", metadata, str(value))
    if values.get("smtp_url") and not values.get("mail_from"):
        raise BadSetting(
            "KINTSUGI_SMTP_URL is set without KINTSUGI_MAIL_FROM, the address letters come from"
        )
    return Settings(**values)


_NOT_SETTINGS = frozenset(
    "KINTSUGI_URL KINTSUGI_TOKEN KINTSUGI_TOKEN_FILE KINTSUGI_REQUIRE KINTSUGI_SEED_GENERATOR".split()
)


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _from_file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{variable}: the file {path} cannot be read") from error


def _parsed(variable: str, metadata: Mapping[Any, Any], written: str) -> Any:  # noqa: ANN401 - a setting of any type
    try:
        return metadata["parse"](written.strip())
    except ValueError as error:
        shown = "its value" if metadata["secret"] else repr(written[:60])
        raise BadSetting(f"{variable}: {shown} cannot be used; expected {error}") from error


def described() -> list[tuple[str, str, str]]:
    """Each setting as variable, default, what it says; for the docs and `kintsugi serve --help`."""
    return [
        (
            _variable(entry.name),
            str(entry.default if entry.default is not MISSING else ""),
            entry.metadata["says"],
        )
        for entry in fields(Settings)
    ]
