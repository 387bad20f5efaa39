"""The five severity levels and the words people write for them."""

from __future__ import annotations

from enum import Enum

from kintsugi.core.shared.errors import InvalidValue


class Severity(Enum):
    """How bad an incident is; SEV-1 is the worst. The guide's five levels."""

    SEV_1 = 1
    SEV_2 = 2
    SEV_3 = 3
    SEV_4 = 4
    SEV_5 = 5

    @property
    def label(self) -> str:
        """As people and the API write it: `SEV-1`."""
        return f"SEV-{self.value}"

    @property
    def seed_word(self) -> str:
        """As the generator seed writes it: `sev1`."""
        return f"sev{self.value}"

    def raised(self, steps: int = 1) -> Severity:
        """So many steps more severe, and never past SEV-1."""
        return Severity(max(1, min(5, self.value - steps)))

    @property
    def is_high(self) -> bool:
        """SEV-1 and SEV-2: those the guide asks a commander for."""
        return self.value <= 2


_WORDS = {
    "critical": 1,
    "major": 2,
    "high": 2,
    "minor": 3,
    "medium": 3,
    "moderate": 3,
    "low": 4,
    "info": 5,
}
ALLOWED = "SEV-1, SEV-2, SEV-3, SEV-4 or SEV-5 (also 1 to 5, sev1, critical, major, minor, low)"


def parse_severity(written: str | int) -> Severity:
    """Read a severity as any of the seeds write it: 1, "1", sev1, SEV1, SEV-1, P1-free words.

    Raises InvalidValue, naming the allowed ones, for anything else.
    """
    if isinstance(written, str):
        word = written.strip().casefold()
        for prefix in ("severity", "sev"):
            word = word.removeprefix(prefix)
        word = word.strip(" -_.:#")
        if word in _WORDS:
            return Severity(_WORDS[word])
        if len(word) == 1 and word in "12345":
            return Severity(int(word))
    elif not isinstance(written, bool) and 1 <= written <= 5:
        return Severity(written)
    raise InvalidValue(f"{_shown(written)} is not a severity", expected=ALLOWED)


def _shown(written: object) -> str:
    text = repr(written)
    return text if len(text) <= 60 else text[:57] + "..."
