"""Counts side by side as columns, with a line at what the highest stays within by chance."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.formats.svg.elements import BY_THEME, Palette, element, escaped, width_of

HEIGHT = 150.0
_TOP, _BOTTOM, _LEFT = 18.0, 20.0, 34.0
_TEXT = 11.0


def columns_svg(
    title: str,
    bars: Sequence[tuple[str, int]],
    *,
    usual: int | None = None,
    width: float = 704,
    palette: Palette = BY_THEME,
) -> str:
    """The drawing; empty where there is nothing to count. Its numbers stand in its description, too."""
    most = max((count for _, count in bars), default=0)
    if not most:
        return ""
    top = max(most, usual or 0)
    room, base = width - _LEFT, HEIGHT - _BOTTOM
    step = room / len(bars)
    scale = (base - _TOP) / top
    parts = [
        element("title", escaped(title)),
        element("desc", escaped(", ".join(f"{name}: {count}" for name, count in bars))),
        _text(_LEFT - 6, _TOP + 4, str(top), palette, anchor="end"),
        _text(_LEFT - 6, base, "0", palette, anchor="end"),
        element("line", x1=_LEFT, x2=width, y1=base, y2=base, stroke=palette["line-2"], stroke_width=1),
    ]  # fmt: skip
    gap = min(4.0, step * 0.2)
    for place, (_, count) in enumerate(bars):
        if count:
            is_above = usual is not None and count > usual
            parts.append(
                element(
                    "rect",
                    x=_LEFT + place * step + gap / 2,
                    y=base - count * scale,
                    width=step - gap,
                    height=count * scale,
                    fill=palette["gold-line" if is_above or usual is None else "line-2"],
                )
            )
    parts += _names(bars, step, base, palette)
    if usual is not None:
        height = base - usual * scale
        parts.append(
            element("line", x1=_LEFT, x2=width, y1=height, y2=height, stroke=palette["ink-2"],
                    stroke_width=1, stroke_dasharray="4 3")
        )  # fmt: skip
        parts.append(_text(width, height - 4, "seldom above by chance", palette, anchor="end"))
    return element(
        "svg", "".join(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {HEIGHT:g}",
        width=width, height=HEIGHT, role="img", font_family="Inter, system-ui, sans-serif",
    )  # fmt: skip


def _names(
    bars: Sequence[tuple[str, int]], step: float, base: float, palette: Palette
) -> list[str]:
    """As many names below as there is room for."""
    widest = max(width_of(name, _TEXT) for name, _ in bars) + 6
    every = max(1, -int(-widest // step))
    return [
        _text(_LEFT + (place + 0.5) * step, base + 14, name, palette, anchor="middle")
        for place, (name, _) in enumerate(bars)
        if place % every == 0
    ]


def _text(x: float, y: float, words: str, palette: Palette, *, anchor: str) -> str:
    return element(
        "text", escaped(words), x=x, y=y, font_size=_TEXT, fill=palette["ink-2"], text_anchor=anchor
    )
