"""Answers a file that somebody once uploaded, so that it runs nowhere."""

from __future__ import annotations

from fastapi.responses import Response

from kintsugi.kernel.http import Answer

_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~")
"""The bytes that RFC 5987 leaves as they are."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


def download(name: str, media_type: str, content: bytes, *, is_shown: bool) -> Answer:
    """A file as a download, or shown in the browser, which is for raster images alone.

    What is not shown is told to be bytes, whatever it is: a page or a drawing with a script in it never
    opens under our address.
    """
    kind = media_type if is_shown else "application/octet-stream"
    headers = {**_HEADERS, "Content-Disposition": disposition(name, is_shown=is_shown)}
    return lambda: Response(content, media_type=kind, headers=headers)


def disposition(name: str, *, is_shown: bool) -> str:
    """The Content-Disposition of a file (RFC 6266): a plain name for old readers, then the true one (RFC 5987)."""
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in " .-_()") else "_"
        for letter in name
    )
    true = "".join(chr(byte) if byte in _KEPT else f"%{byte:02X}" for byte in name.encode("utf-8"))
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{true}"
