"""Words that people and programs write for statuses, kinds and the ways in which an incident is noticed."""

from __future__ import annotations

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.links import BY_HAND, LinkKind
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import joined


def status_named(written: str) -> IncidentStatus:
    """Raises InvalidValue, at `status`, for a word that is none."""
    try:
        return IncidentStatus(written.strip().casefold())
    except ValueError as error:
        raise _none_of("status", written, [status.value for status in IncidentStatus]) from error


def statuses_named(written: str) -> tuple[IncidentStatus, ...]:
    """One status, or `open` for all in which somebody still works; nothing for no narrowing."""
    said = written.strip().casefold()
    if not said:
        return ()
    return OPEN if said == "open" else (status_named(said),)


def severity_named(written: str | int) -> Severity:
    """Raises InvalidValue, at `severity`, for what is none."""
    try:
        return parse_severity(written)
    except InvalidValue as error:
        raise error.under("severity") from error


def detection_named(written: str) -> DetectionMethod:
    """Raises InvalidValue, at `detection`, for a word that is none."""
    try:
        return DetectionMethod(written.strip().casefold())
    except ValueError as error:
        raise _none_of("detection", written, [how.value for how in DetectionMethod]) from error


def kind_named(written: str) -> EventKind:
    """Raises InvalidValue, at `kind`, for a word that is none."""
    try:
        return EventKind(written)
    except ValueError as error:
        raise _none_of("kind", written, [kind.value for kind in EventKind]) from error


def link_named(written: str) -> LinkKind:
    """A kind somebody may choose. Raises InvalidValue, at `kind`, for any other."""
    said = written.strip().casefold().replace(" ", "-").replace("_", "-")
    found = next((kind for kind in BY_HAND if kind.value == said), None)
    if found is None:
        raise _none_of("kind", written, [kind.value for kind in BY_HAND])
    return found


def _none_of(field: str, written: str, allowed: list[str]) -> InvalidValue:
    return InvalidValue(f"{written[:60]!r} is not known", path=(field,), expected=joined(allowed))
