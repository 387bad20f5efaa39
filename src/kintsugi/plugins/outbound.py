"""The way out that a hook is handed: it sends requests and letters, and knows what a hook cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from kintsugi.core.shared.errors import DomainError

NO_HEADERS: Mapping[str, str] = {}


class SendFailed(DomainError):
    """Something was not sent; the message says why, and holds no secret and no address.

    `permanent`: trying again will not help. `gone`: the receiver wants nothing more, ever. `wait`: how long
    the receiver asks to be left alone.
    """

    def __init__(
        self,
        says: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        wait: timedelta = timedelta(0),
    ) -> None:
        super().__init__(says)
        self.permanent = permanent or gone
        self.gone = gone
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answers: its status, its headers by name in small letters, the beginning of its body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Outbound(Protocol):
    """Sends, within limits of time and size, to where the installation lets it.

    Either method may be called again with the same key after a process died: what is sent has to be
    such that a receiver can tell that it is the same.
    """

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
        """Post a body, follow no redirect, and give the answer, whatever its status.

        Raises SendFailed where no answer came, and where the address is one that nothing is sent to.
        """
        ...

    def letter(self, key: str, to: str, subject: str, text: str) -> None:
        """Hand a letter in plain text to the mail server; its Message-ID follows from the key. Raises SendFailed."""
        ...
