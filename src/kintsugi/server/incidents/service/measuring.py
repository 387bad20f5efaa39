"""What an incident's impact in numbers may be: core's value, within limits that fit a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from kintsugi.core.incidents.impact import Degradation, Impact
from kintsugi.core.incidents.impact_facts import ESTIMABLE
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.text import one_line
from kintsugi.formats.impact import detail_key
from kintsugi.server.incidents.service import wording

MOST_COUNTED = 100_000_000_000
MOST_MONEY = Decimal(10) ** 15
PLACES = 6
"""Digits after the point that an amount of money and a rate keep."""
LINE = 200
_TEXTS = ("data_integrity", "user_experience", "business", "reputation", "customer_communications")
_LISTS = ("error_types", "slo_violations")


def checked(numbers: Impact) -> Impact:
    """The numbers as they are kept, without the text and the services, which the incident has beside them.

    Raises InvalidValue, under `impact` and with the key of the API.
    """
    for name in ("affected_users", "support_cases"):
        if (getattr(numbers, name) or 0) > MOST_COUNTED:
            raise _wrong(name, "is too large", f"at most {MOST_COUNTED:,}")
    unknown = [name for name in numbers.estimated if name not in ESTIMABLE]
    if unknown:
        expected = ", ".join(detail_key(name) for name in ESTIMABLE)
        raise _wrong("estimated", f"{unknown[0][:60]!r} cannot be an estimate", expected)
    written: dict[str, Any] = {
        name: wording.prose(getattr(numbers, name), _path(name), wording.SHORT) for name in _TEXTS
    }
    written |= {name: _lines(name, getattr(numbers, name)) for name in _LISTS}
    length = numbers.duration
    return replace(
        numbers, **written, text="", affected_services=(),
        degradations=_degradations(numbers.degradations),
        duration=None if length is None else timedelta(seconds=round(length.total_seconds())),
        revenue=_money(numbers.revenue), revenue_usd_rate=_exact("revenue_usd_rate", numbers.revenue_usd_rate),
        estimated=tuple(
            name for name in ESTIMABLE
            if name in numbers.estimated and getattr(numbers, name) is not None
        ),
    )  # fmt: skip


def _path(name: str) -> str:
    return f"impact.{detail_key(name)}"


def _wrong(name: str, problem: str, expected: str) -> InvalidValue:
    return InvalidValue(problem, path=("impact", detail_key(name)), expected=expected)


def _lines(name: str, words: Sequence[str]) -> tuple[str, ...]:
    if len(words) > wording.NAMES:
        raise _wrong(name, f"has {len(words)} lines", f"{wording.NAMES} at most")
    found = [wording.line(word, _path(name), LINE) for word in words]
    return tuple(dict.fromkeys(word for word in found if word))


def _degradations(found: Sequence[Degradation]) -> tuple[Degradation, ...]:
    name = "degradations"
    if len(found) > wording.NAMES:
        raise _wrong(name, f"has {len(found)} lines", f"{wording.NAMES} at most")
    if any(not one_line(one.metric) for one in found):
        raise _wrong(name, "is without its metric", "what got worse, such as p99 of search")
    return tuple(
        Degradation(
            wording.line(one.metric, _path(name), LINE), wording.line(one.before, _path(name), LINE),
            wording.line(one.during, _path(name), LINE),
        )
        for one in found
    )  # fmt: skip


def _money(revenue: Money | None) -> Money | None:
    amount = _exact("revenue", revenue.amount if revenue else None)
    return None if revenue is None or amount is None else Money(amount, revenue.currency)


def _exact(name: str, amount: Decimal | None) -> Decimal | None:
    """The amount without an exponent, as JSON keeps it."""
    if amount is None:
        return None
    if amount >= MOST_MONEY:
        raise _wrong(name, "is too large", "a number below 10^15")
    digits = amount.as_tuple().exponent
    if isinstance(digits, int) and digits < -PLACES:
        raise _wrong(name, "is too exact", f"at most {PLACES} digits after the point")
    return Decimal(f"{amount:f}")
