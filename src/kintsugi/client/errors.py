"""What goes wrong when a program talks to a Kintsugi server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kintsugi.core.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that the server did not understand; `field` is empty for the whole request."""

    field: str
    problem: str
    expected: str = ""


class ClientError(DomainError):
    """The server refused a request, or could not be reached (status 0).

    `title` and `detail` are the server's words; `errors` names the fields it did not understand;
    `current` is what a lost race (status 412) found there.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: tuple[FieldError, ...] = (),
        current: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.current = current
        super().__init__(detail or title)


class NotReached(ClientError):
    """No answer came: the server is down, the address is wrong, or it took too long."""

    def __init__(self, detail: str) -> None:
        super().__init__(0, "No answer", detail)
