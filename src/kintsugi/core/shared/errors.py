"""The errors the core raises. Doors turn them into exit codes and HTTP answers."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the product refuses this."""


class InvalidValue(DomainError):
    """A value is not one that its field allows.

    `path` is where it stands in the input, outermost key first (list positions are integers);
    `expected` says what would be right.
    """

    def __init__(
        self, problem: str, *, path: tuple[str | int, ...] = (), expected: str = ""
    ) -> None:
        self.problem = problem
        self.path = path
        self.expected = expected
        super().__init__(self.text())

    @property
    def field(self) -> str:
        """The path as people write it: `timeline[3].time`, or empty for the whole input."""
        written = ""
        for step in self.path:
            if isinstance(step, int):
                written += f"[{step}]"
            else:
                written += f".{step}" if written else step
        return written

    def text(self) -> str:
        """One line: the field, what is wrong with it, what would be right."""
        place = f"{self.field}: " if self.path else ""
        ending = f"; expected {self.expected}" if self.expected else ""
        return f"{place}{self.problem}{ending}"

    def under(self, *steps: str | int) -> InvalidValue:
        """The same error as seen from further out."""
        return InvalidValue(self.problem, path=(*steps, *self.path), expected=self.expected)


class RefusedBecause(DomainError):
    """A rule refuses this for several reasons, each of which can be put right by itself."""

    def __init__(self, problem: str, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(problem)
