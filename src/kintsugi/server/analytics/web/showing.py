"""Patterns as pages show them: rows of words, and the curve of a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from kintsugi.core.analytics.patterns import QUESTIONS, Pair
from kintsugi.core.analytics.recurrence import FixHeld
from kintsugi.core.analytics.wording import VERDICTS, between, days, fix_said, number, percent
from kintsugi.core.knowledge.classes import Suggestion
from kintsugi.core.shared.text import joined, plural
from kintsugi.formats.svg.charts import NARROW, WIDE, Band, Mark, Step, step_chart
from kintsugi.server.analytics import service as analytics


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A class that is suggested, and why in words."""

    key: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two factors by their titles, and what is to be thought of them."""

    first: str
    second: str
    pair: Pair
    expected: str
    chance: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of a class around a fix, at both widths, with the numbers that it is drawn from."""

    fix: analytics.FixShown
    verdict: str
    said: str
    drawings: tuple[Markup, ...]
    rows: tuple[tuple[str, str, str, str], ...]
    ratio: str


def suggestion_rows(
    found: Sequence[Suggestion], titles: Mapping[str, str]
) -> tuple[SuggestionRow, ...]:
    """Classes that are suggested, each with its reason."""
    return tuple(SuggestionRow(one.key, titles.get(one.key, one.key), why(one)) for one in found)


def why(found: Suggestion) -> str:
    """`a factor of the postmortem; "deploy" in the root cause`."""
    by_field: dict[str, list[str]] = {}
    for one in found.terms:
        by_field.setdefault(one.field, []).append(f"“{one.term.rstrip('*')}”")
    parts = ["named as a factor of the postmortem"] if found.is_named else []
    parts += [f"{joined(terms[:4])} in the {field}" for field, terms in by_field.items()]
    return "; ".join(parts)


def pair_rows(pairs: Sequence[Pair], titles: Mapping[str, str]) -> tuple[PairRow, ...]:
    """Factors that stand together, with how often that would be chance."""
    return tuple(
        PairRow(
            titles.get(one.first, one.first), titles.get(one.second, one.second), one,
            number(one.expected), percent(one.chance),
        )
        for one in pairs
    )  # fmt: skip


def curve_of(title: str, fix: analytics.FixShown, name: str) -> Curve:
    """The curve of a class, with where it would have gone since the fix at the rate before."""
    held = fix.held
    drawings = tuple(
        Markup(drawn)  # noqa: S704 - escaped by formats.svg
        for width, kind in ((WIDE, "wide"), (NARROW, "narrow"))
        for drawn in (_drawn(title, fix, f"{name}-{kind}", width),)
        if drawn
    )
    rows = tuple(
        (word, plural(span.count, "incident"), days(span.length), _rate(span.rate, between(span.interval)))
        for word, span in (("Before", held.before), ("Since", held.after))
    )  # fmt: skip
    ratio = between(held.ratio, " times the rate before") if held.ratio else ""
    return Curve(fix, VERDICTS[held.verdict], fix_said(held), drawings, rows, ratio)


def _drawn(title: str, fix: analytics.FixShown, name: str, width: float) -> str:
    held = fix.held
    return step_chart(
        f"Incidents of {title}, added up", told(held),
        [Step(one.at, one.count) for one in held.curve],
        band=[Band(one.at, one.low, one.high) for one in held.expected],
        marks=[Mark(held.verified_at, f"{fix.action.reference} verified")], name=name, width=width,
    )  # fmt: skip


def told(held: FixHeld) -> str:
    """The curve in words."""
    words = [f"{plural(one.count, 'incident')} by {one.at:%d %b %Y}" for one in held.curve[1:-1]]
    return f"{joined(words) or 'No incident'}. Verified on {held.verified_at:%d %b %Y}."


def _rate(rate: float | None, ends: str) -> str:
    return "" if rate is None else f"{number(rate)} a year, 95% interval {ends}"


def improvement_groups(
    found: analytics.Patterns,
) -> tuple[tuple[str, tuple[tuple[analytics.Case, str], ...]], ...]:
    """What postmortems say would have helped, by question."""
    return tuple(
        (
            word,
            tuple(
                (found.cases[one.incident_id], one.text)
                for one in found.improvements if one.kind == kind
            ),
        )
        for kind, word in QUESTIONS.items()
        if any(one.kind == kind for one in found.improvements)
    )  # fmt: skip


def address(path: str, said: Mapping[str, str]) -> str:
    """An address with what narrows it; empty words say nothing."""
    kept = {name: value for name, value in said.items() if value}
    return path + (f"?{urlencode(kept)}" if kept else "")
