"""What the pages of postmortems share: how an address is named, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.http import LostRace, status_of

Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="reference", max_length=80)]


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: which one, what it held, why, and at which field."""

    kind: str
    typed: Mapping[str, Any]
    status: int
    told: str
    field: str
    is_lost: bool


def refused_form(kind: str, form: BaseModel, error: DomainError) -> Refused:
    """A form with what it held and why it was not taken."""
    field = error.field if isinstance(error, InvalidValue) else ""
    return Refused(
        kind, form.model_dump(), status_of(error)[0], told(error), field,
        isinstance(error, LostRace),
    )  # fmt: skip


def told(error: DomainError) -> str:
    """A refusal as a sentence of the page."""
    if isinstance(error, InvalidValue):
        expected = f" Expected: {error.expected}." if error.expected else ""
        return f"{spoken(error.field)} {error.problem}.{expected}".strip()
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."


def spoken(name: str) -> str:
    """A field or a state as words begin a sentence: `root_cause`, `Root cause`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def state_word(status: PostmortemStatus) -> str:
    """`Draft`, `In review`, `Published`, `Archived`."""
    return spoken(status.value.lower())
