"""An amount of money with its currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kintsugi.core.shared.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Money:
    """So much of a currency (ISO 4217 code). Raises InvalidValue for a bad code or amount."""

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise InvalidValue(
                f"{self.amount} is not an amount", expected="a number such as 15000 or 99.50"
            )
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise InvalidValue(
                f"{self.currency[:20]!r} is not a currency",
                expected="a three-letter code such as USD or EUR",
            )

    def __str__(self) -> str:
        """`$15,000.00` for dollars, `15,000.00 EUR` for others."""
        amount = f"{self.amount:,.2f}"
        return f"${amount}" if self.currency == "USD" else f"{amount} {self.currency}"
