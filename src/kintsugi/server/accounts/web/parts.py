"""What the pages of this room share: the cookie, and safe ways on."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from kintsugi.kernel.http import SESSION_COOKIE, Answer, kernel_of

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


def address_of(request: Request) -> str:
    """The address of the client, as guesses are counted by it."""
    return request.client.host if request.client else ""
