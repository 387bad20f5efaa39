"""The small shapes beside words: what colour says, a shape says too."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kintsugi.formats.svg.elements import element

_FILLED = 'fill="currentColor" stroke="none"'
_DRAWN: Mapping[str, str] = MappingProxyType(
    {
        "half": f'<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 0 0 11z" {_FILLED}/>',
        "ring": f'<circle cx="8" cy="8" r="6.2"/><circle cx="8" cy="8" r="3" {_FILLED}/>',
        "check": '<path d="m3 8.500 3.200 3.200L13 4.800" stroke-width="2"/>',
        "bar": '<path d="M2 8h12" stroke-width="2"/>',
        "sev-1": f'<path {_FILLED} fill-rule="evenodd" d="M4.700 0h6.600L16 4.700v6.600L11.300 16H4.700L0 11.300V4.700z'
        'M7 3.200h2v6H7zm0 7.500h2v2.100H7z"/>',
        "sev-2": f'<path {_FILLED} d="M8 1 16 15H0z"/>',
        "sev-3": f'<path {_FILLED} d="M8 .8 15.200 8 8 15.200.8 8z"/>',
        "sev-4": '<circle cx="8" cy="8" r="6" stroke-width="2"/>',
        "sev-5": '<path d="M2 8h12" stroke-width="2"/>',
    }
)


def shape(name: str, *, colour: str = "currentColor", size: int = 12) -> str:
    """The shape of that name as SVG, hidden from screen readers: it stands beside its word. Empty for none."""
    drawn = _DRAWN.get(name, "")
    if not drawn:
        return ""
    return element(
        "svg",
        drawn.replace("currentColor", colour),
        xmlns="http://www.w3.org/2000/svg",
        viewBox="0 0 16 16",
        width=size,
        height=size,
        aria_hidden="true",
        fill="none",
        stroke=colour,
        stroke_width=1.6,
    )
