"""A form that was not taken: why, at which field, and what differs when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.http import LostRace, status_of
from kintsugi.kernel.refusals import NO_LABELS, field_of, told

LOST = (
    "Somebody changed this while you wrote. Yours is not saved; it stands in the form. "
    "Save it again to put it over theirs."
)


class Versioned(BaseModel):
    """A form that says from which version it was made; 0 for something new."""

    version: int = Field(0, ge=0, le=1_000_000_000)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was not taken. `wrong` has the reason by its field, `differences` what theirs and yours say."""

    status: int
    told: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[tuple[str, str, str], ...] = ()


def refused(
    error: DomainError,
    labels: Mapping[str, str] = NO_LABELS,
    *,
    typed: Mapping[str, object] | None = None,
    theirs: Mapping[str, object] | None = None,
) -> Refused:
    """A refusal as its page shows it; a field without a label is told of above the form."""
    status = status_of(error)[0]
    if isinstance(error, LostRace):
        return Refused(status, LOST, {}, _differences(labels, typed or {}, theirs or {}))
    name, said = field_of(error).partition("[")[0], told(error, labels)
    if name in labels:
        return Refused(status, "", {name: said})
    return Refused(status, said)


def _differences(
    labels: Mapping[str, str], typed: Mapping[str, object], theirs: Mapping[str, object]
) -> tuple[tuple[str, str, str], ...]:
    found = []
    for name, label in labels.items():
        mine, other = _shown(typed.get(name, "")), _shown(theirs.get(name, ""))
        if mine != other:
            found.append((label, other, mine))
    return tuple(found)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("\r\n", "\n").strip()


def lines(written: str) -> list[str]:
    """The lines of a field that have something in them."""
    return [line.strip() for line in written.splitlines() if line.strip()]


def words(written: str) -> list[str]:
    """Names as they are typed into one field, with commas or line ends between them."""
    return [word.strip() for word in written.replace("\n", ",").split(",") if word.strip()]
