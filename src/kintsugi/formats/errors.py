"""Errors about input files: which file, which line, which field, and what would be right."""

from __future__ import annotations

from kintsugi.core.shared.errors import DomainError, InvalidValue


class InputError(DomainError):
    """A file or text cannot be read as what it should be.

    `line` counts from 1; 0 means that no line is known. `field` is empty when it is not about one.
    """

    def __init__(
        self, problem: str, *, file: str = "", line: int = 0, field: str = "", expected: str = ""
    ) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.field = field
        self.expected = expected
        super().__init__(self.text())

    @classmethod
    def from_value(cls, error: InvalidValue, *, file: str, line: int = 0) -> InputError:
        """The error of a value, with the place in the file it came from."""
        return cls(error.problem, file=file, line=line, field=error.field, expected=error.expected)

    def text(self) -> str:
        """`incident.json:12: timeline[3].time: '25:00' is not a time; expected ...`."""
        place = self.file + (f":{self.line}" if self.line else "") if self.file else ""
        parts = [part for part in (place, self.field, self.problem) if part]
        ending = f"; expected {self.expected}" if self.expected else ""
        return ": ".join(parts) + ending
