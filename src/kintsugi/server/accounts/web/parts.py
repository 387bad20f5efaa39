"""What the pages of this room share: the cookie, safe ways on, and errors beside their fields."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.http import SESSION_COOKIE, kernel_of

Answer = Callable[[], Response]
COOKIE_LASTS = 400 * 24 * 3600
"""Browsers keep no cookie longer. When a session is over, the server says."""


def own_path(written: str) -> str:
    """A path of ours to go on to; `/` for an address that may lead elsewhere (an open redirect).

    Browsers drop tabs and line ends from addresses and read a backslash as a slash, so a slash with
    any of them after it leads away as `//elsewhere` does.
    """
    is_ours = written.startswith("/") and not written.startswith("//")
    if not is_ours or any(letter == "\\" or not "\x20" < letter < "\x7f" for letter in written):
        return "/"
    return written


def see_with_cookie(request: Request, address: str, secret: str) -> Answer:
    """Off to another page of ours, signed in; signed out when the secret is empty."""
    is_https = kernel_of(request).settings.is_https

    def answer() -> Response:
        response = RedirectResponse(address, 303)
        response.set_cookie(
            SESSION_COOKIE, secret, max_age=COOKIE_LASTS if secret else 0, path="/", secure=is_https,
            httponly=True, samesite="lax",
        )  # fmt: skip
        return response

    return answer


def unstored(answer: Answer, **headers: str) -> Answer:
    """The answer with headers, and kept by no cache: it says what is said once."""

    def made() -> Response:
        response = answer()
        response.headers.update({"Cache-Control": "no-store"} | headers)
        return response

    return made


def told(error: DomainError) -> dict[str, str]:
    """What a form says about a refusal: by field; under the empty name what concerns the whole of it."""
    if not isinstance(error, InvalidValue) or not error.path:
        return {"": sentence(str(error))}
    return {error.field: sentence(f"{error.problem}; expected {error.expected}")}


def sentence(text: str) -> str:
    """The text as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


def address_of(request: Request) -> str:
    """The address of the client, as guesses are counted by it."""
    return request.client.host if request.client else ""
