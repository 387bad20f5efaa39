"""The style sheet of a document and the policy that lets the browser use it and nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

FONT = "inter-latin-wght-normal.woff2"
_FACE = (
    '@font-face{{font-family:"Inter";font-style:normal;font-weight:100 900;font-display:swap;'
    'src:url("data:font/woff2;base64,{font}") format("woff2")}}\n'
)


@cache
def style() -> str:
    """The style of every document, the font in it."""
    font = (files("kintsugi.formats") / "assets" / "inter" / FONT).read_bytes()
    sheet = files("kintsugi.formats.html") / "templates" / "postmortem.css"
    face = _FACE.format(font=base64.b64encode(font).decode("ascii"))
    return face + sheet.read_text("utf-8").replace("\r\n", "\n")


def page_style(reference: str) -> str:
    """What this document alone needs: its reference in the margin of each printed page."""
    return f'@media print{{@page{{@bottom-left{{content:"{css_text(reference)}"}}}}}}'


def css_text(text: str) -> str:
    """Text as it may stand between quotes in a style sheet: whatever could end it is spelled by number."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)


def policy(*styles: str) -> str:
    """The content security policy: these style elements, fonts and pictures in the file, nothing else."""
    hashes = " ".join(f"'sha256-{_digest(sheet)}'" for sheet in styles)
    return (
        f"default-src 'none'; style-src {hashes}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _digest(sheet: str) -> str:
    return base64.b64encode(hashlib.sha256(sheet.encode("utf-8")).digest()).decode("ascii")
