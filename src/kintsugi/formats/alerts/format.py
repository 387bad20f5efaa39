"""What every format of alerts is: bytes to values, and who sent them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

from kintsugi.core.alerts.event import AlertEvent, ChangeEvent
from kintsugi.core.shared.errors import DomainError, InvalidValue

MAX_EVENTS = 10_000
"""So many alerts in one body; more are refused, because none may be lost unsaid."""

Headers = Mapping[str, str]
"""HTTP headers, names in lower case. Two more, so that a kept body can be read again: `:method`, and
`:path`, what stood behind the source's address with its query, as `/v2/alerts/a1/close?identifierType=alias`."""


class Undecodable(DomainError):
    """The body is not what its format asks for; `path` says where, outermost key first."""

    def __init__(self, problem: str, path: tuple[str | int, ...] = ()) -> None:
        self.problem = problem
        self.path = path
        super().__init__(InvalidValue(problem, path=path).text())


class BadSignature(DomainError):
    """It is not shown that the body comes from who knows the secret."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class SourceKind(Enum):
    """Who notices: a monitoring tool, a customer, or a check that acts as one."""

    MONITORING = "monitoring"
    CUSTOMER = "customer"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one body says. `notes` are for people: what was shortened, left out or passed over, and why.

    `confirm_url` is an address the sender wants fetched once before it sends (SNS); its host was checked.
    A body may rightly hold nothing: a note then says so.
    """

    events: tuple[AlertEvent, ...] = ()
    changes: tuple[ChangeEvent, ...] = ()
    confirm_url: str = ""
    notes: tuple[str, ...] = ()


Decode = Callable[[bytes, Headers, Mapping[str, object] | None], Decoded]
Verify = Callable[[bytes, Headers, str, datetime], None]
Check = Callable[[bytes, bytes, datetime], None]


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which tools tell alerts.

    `reads` makes values of bytes, `verify` holds a body against a secret (None: the tool signs nothing),
    `signature_header` is where the signature stands. A tool that signs with a key of its own and sends
    the address of its certificate has `certificate_url` (its host is checked) and `check`, which takes
    the bytes that were found there.
    """

    name: str
    title: str
    help: str
    kind: SourceKind
    reads: Decode
    verify: Verify | None = None
    signature_header: str = ""
    certificate_url: Callable[[bytes], str] | None = None
    check: Check | None = None
    has_mapping: bool = False

    @property
    def is_signed(self) -> bool:
        """Whether a source of this format may be given a secret to verify."""
        return self.verify is not None

    def decode(
        self, body: bytes, headers: Headers, mapping: Mapping[str, object] | None = None
    ) -> Decoded:
        """The events in the body. Raises Undecodable, and nothing else, for what cannot be read."""
        try:
            return self.reads(body, headers, mapping)
        except RecursionError as error:
            raise Undecodable("the body is nested too deep") from error

    def snippet(self, address: str, key: str) -> str:
        """What to paste into the tool's own configuration, for a source of this address and key."""
        parts = urlsplit(address)
        text = _snippet(self.name)
        for name, value in (
            ("ADDRESS", address),
            ("KEY", key),
            ("SERVER", f"{parts.scheme}://{parts.netloc}"),
            ("SCHEME", parts.scheme),
            ("HOST", parts.netloc),
            ("PATH", parts.path),
        ):
            text = text.replace(f"%{name}%", value)
        return text


@lru_cache
def _snippet(name: str) -> str:
    file = files("kintsugi.formats.alerts").joinpath("snippets", f"{name}.txt")
    return file.read_text("utf-8") if file.is_file() else "%ADDRESS%\n"


def few_enough(count: int) -> None:
    """Raises Undecodable when that many alerts are more than one body may hold."""
    if count > MAX_EVENTS:
        raise Undecodable(f"{count:,} alerts in one body; at most {MAX_EVENTS:,} are read")


def decoded(
    events: Sequence[AlertEvent], notes: tuple[str, ...], changes: tuple[ChangeEvent, ...] = ()
) -> Decoded:
    """The answer of a decoder: what was said twice in one body counts once."""
    if len(events) > 1:
        events = _each_once(events)
    return Decoded(tuple(events), changes, "", notes)


def _each_once(events: Sequence[AlertEvent]) -> list[AlertEvent]:
    """In order, without those that say again what the last one of their key said."""
    last: dict[str, AlertEvent] = {}
    kept = []
    for event in events:
        if last.get(event.key) != event:
            last[event.key] = event
            kept.append(event)
    return kept
