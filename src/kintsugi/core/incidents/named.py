"""Words that people and programs write for statuses, severities and links of incidents."""

from __future__ import annotations

from collections.abc import Mapping

from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.links import BY_HAND, LinkKind
from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import either
from kintsugi.core.shared.words import word_of


def statuses_named(written: str) -> tuple[IncidentStatus, ...]:
    """One status, or `open` for all in which somebody still works; nothing for no narrowing."""
    said = written.strip().casefold()
    if not said:
        return ()
    return OPEN if said == "open" else (word_of(IncidentStatus, written, "status"),)


def severity_named(written: str | int) -> Severity:
    """Raises InvalidValue, at `severity`, for what is none."""
    try:
        return parse_severity(written)
    except InvalidValue as error:
        raise error.under("severity") from error


def severity_of(written: str | int | None, answers: Mapping[str, str]) -> Severity | None:
    """The severity that is said outright, else what the calculator makes of the answers; None without either."""
    if written is not None:
        return severity_named(written)
    return calculate_severity(answers).severity if answers else None


def link_named(written: str) -> LinkKind:
    """A kind somebody may choose. Raises InvalidValue, at `kind`, for any other."""
    found = word_of(LinkKind, written, "kind")
    if found not in BY_HAND:
        raise InvalidValue(
            f"{written[:60]!r} is not made by hand", path=("kind",),
            expected=either([kind.value for kind in BY_HAND]),
        )  # fmt: skip
    return found
