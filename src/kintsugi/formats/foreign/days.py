"""Days as people write them: 2024-03-15, 16/12/2022, March 15th, Oct 31; with the year when it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?:of\s+)?(?P<{name}>(?:19|20)\d{{2}})(?!\d|:\d))?"
DAY = re.compile(
    r"(?P<iso>(?<!\d)(?P<y1>(?:19|20)\d{2})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})(?!\d))"
    r"|(?P<number>(?<![\d./-])(?P<n1>\d{1,2})(?P<s2>[-/.])(?P<n2>\d{1,2})(?P=s2)(?P<y2>(?:19|20)\d{2}|\d{2})(?!\d|:\d))"
    rf"|(?P<first>(?<![a-z])(?P<mo1>{MONTH})\s*(?P<d2>\d{{1,2}}){_ORDINAL}(?!\d|:\d){_YEAR.format(name='y3')})"
    rf"|(?P<second>(?<![\d:])(?P<d3>\d{{1,2}}){_ORDINAL}\s+(?:of\s+)?(?P<mo2>{MONTH}){_YEAR.format(name='y4')})"
    r"|(?P<short>(?<![\d./:-])(?P<m3>[01]\d)-(?P<d4>[0-3]\d)(?![\d:/-]))",
    re.IGNORECASE,
)
"""A day; `short` is the bare `12-05` that only stands before a clock time."""

_ONLY_MONTH = {"second", "first"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as far as it is said: without a year, or as two numbers of which either may be the month."""

    year: int | None
    first: int
    second: int
    is_ordered: bool = True
    """Whether `first` is surely the month and `second` the day."""

    def on(self, year: int | None, *, day_first: bool | None) -> date | None:
        """The date, with a year that is known from elsewhere; None when it cannot be told, or is none."""
        is_open = not self.is_ordered and self.first <= 12 and self.second <= 12
        if is_open and day_first is None and self.first != self.second:
            return None
        swapped = not self.is_ordered and (self.first > 12 or (day_first and self.second <= 12))
        month, day = (self.second, self.first) if swapped else (self.first, self.second)
        known = self.year or year
        try:
            return date(known, month, day) if known else None
        except ValueError:
            return None

    @property
    def tells_order(self) -> bool | None:
        """True when the day must stand first, False when the month must, None when neither shows."""
        if self.is_ordered or (self.first > 12) == (self.second > 12):
            return None
        return self.first > 12


def day_of(found: re.Match[str]) -> Day | None:
    """The day of a match of `DAY`; None when no calendar has it."""
    if found["iso"]:
        day = Day(int(found["y1"]), int(found["m1"]), int(found["d1"]))
    elif found["number"]:
        year = int(found["y2"])
        day = Day(year if year > 99 else 2000 + year, int(found["n1"]), int(found["n2"]), False)
    elif found["short"]:
        day = Day(None, int(found["m3"]), int(found["d4"]))
    else:
        name = "first" if found["first"] else "second"
        month = found["mo1"] if name == "first" else found["mo2"]
        number = found["d2"] if name == "first" else found["d3"]
        said = found["y3"] if name == "first" else found["y4"]
        day = Day(int(said) if said else None, _MONTHS.index(month[:3].lower()) + 1, int(number))
    in_year = day.year or 2000
    fits = day.on(in_year, day_first=False) or day.on(in_year, day_first=True)
    return day if fits else None


def days_in(text: str) -> Iterator[Day]:
    """The days that a text names, bare numbers such as 12-05 left out."""
    for found in DAY.finditer(text):
        day = None if found["short"] else day_of(found)
        if day is not None:
            yield day
