"""Who and what an incident hurt: words, and numbers where they are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money


@dataclass(frozen=True, slots=True)
class Degradation:
    """A metric that got worse: its value before and during the incident, as people wrote it."""

    metric: str
    before: str = ""
    during: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """Impact as text, and optional numbers that never overwrite it. None means not known.

    `revenue_usd_rate` is how many US dollars one unit of the revenue's currency was worth; the
    seed's points for revenue are in dollars. `estimated` names the fields that are estimates.
    Raises InvalidValue for negative counts, money or durations and for percentages outside 0..100.
    """

    text: str = ""
    affected_users: int | None = None
    affected_percent: float | None = None
    affected_services: tuple[str, ...] = ()
    duration: timedelta | None = None
    revenue: Money | None = None
    revenue_usd_rate: Decimal | None = None
    data_loss: bool | None = None
    data_corruption: bool | None = None
    availability_percent: float | None = None
    degradations: tuple[Degradation, ...] = ()
    error_types: tuple[str, ...] = ()
    support_cases: int | None = None
    slo_violations: tuple[str, ...] = ()
    data_integrity: str = ""
    user_experience: str = ""
    business: str = ""
    reputation: str = ""
    customer_communications: str = ""
    estimated: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("affected_users", "support_cases"):
            _refuse_negative(name, getattr(self, name))
        for name in ("affected_percent", "availability_percent"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 100:
                raise InvalidValue(
                    f"{share} is not a percentage", path=(name,), expected="a number from 0 to 100"
                )
        if self.duration is not None and self.duration < timedelta(0):
            raise InvalidValue(
                "the duration is negative", path=("duration",), expected="0 or more minutes"
            )
        if self.revenue is not None:
            _refuse_negative("revenue", self.revenue.amount)
        if self.revenue_usd_rate is not None and not self.revenue_usd_rate > 0:
            raise InvalidValue(
                "the rate is not positive", path=("revenue_usd_rate",), expected="dollars per unit"
            )

    @property
    def revenue_usd(self) -> Decimal | None:
        """The revenue in US dollars; None when it is not known or its currency has no rate here."""
        if self.revenue is None:
            return None
        if self.revenue.currency == "USD":
            return self.revenue.amount
        return (
            None if self.revenue_usd_rate is None else self.revenue.amount * self.revenue_usd_rate
        )

    @property
    def is_quantified(self) -> bool:
        """Whether it holds at least one number."""
        numbers = (
            self.affected_users, self.affected_percent, self.duration, self.revenue,
            self.availability_percent, self.support_cases,
        )  # fmt: skip
        return any(number is not None for number in numbers)


def _refuse_negative(name: str, number: int | Decimal | None) -> None:
    if number is not None and number < 0:
        raise InvalidValue(f"{number} is negative", path=(name,), expected="0 or more")
