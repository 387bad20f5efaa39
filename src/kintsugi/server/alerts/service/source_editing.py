"""What is done with a source once it is there: it is changed, its keys are changed over, it is retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.alerts import FORMATS, SourceKind
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.service import sources
from kintsugi.server.alerts.source import Source, SourceKey
from kintsugi.server.alerts.store import sources as store

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=90)
NO_KEY = "KEY"
"""What stands in a snippet in the place of a key that nobody can read any more."""


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """What is to be changed of a source; None stays. `mapping` is changed to None where `clears_mapping`."""

    name: str | None = None
    kind: SourceKind | None = None
    service: str | None = None
    mapping: Mapping[str, object] | None = None
    clears_mapping: bool = False
    severities: Mapping[str, str | int] | None = None
    secret: str | None = None
    max_per_minute: int | None = None


def get_source(work: UnitOfWork, name: str) -> Source:
    """The source of an id or name. Raises NotFound."""
    found = store.source(work.connection, clean(name))
    if found is None:
        raise NotFound("there is no such source")
    return found


def keys_of(work: UnitOfWork, of: Sequence[Source]) -> dict[str, list[SourceKey]]:
    """The keys of each of these sources by its id, the newest first; those that have ended are left out."""
    found: dict[str, list[SourceKey]] = {source.id: [] for source in of}
    for key in store.keys_of(work.connection, sorted(found)):
        if key.expires_at is None or key.expires_at > work.now:
            found[key.source_id].append(key)
    return found


def change_source(
    work: UnitOfWork, source: Source, changes: SourceChanges, expected: int
) -> Source:
    """Change what is said; the rest stays. Raises InvalidValue, SourceNameIsTaken, LostRace."""
    _at_version(source, expected)
    told: dict[str, object] = {}
    for field in ("name", "service", "mapping", "secret", "max_per_minute"):
        value = getattr(changes, field)
        if value is not None:
            told[field] = value
    if changes.clears_mapping:
        told["mapping"] = None
    if changes.kind is not None:
        told["kind"] = changes.kind.value
    if changes.severities is not None:
        told["severities"] = sources.severities_of(changes.severities)
    changed = sources.checked(replace(source, **told))  # type: ignore[arg-type] # each of its field's type
    if changed == source:
        return source
    other = store.source_named(work.connection, changed.name)
    if other is not None and other.id != source.id:
        raise sources.SourceNameIsTaken(f"there is a source named {changed.name} already")
    made = _keep(work, changed, expected)
    work.audit("source.change", source.id, fields=sorted(told))
    return made


def rotate_key(work: UnitOfWork, source: Source, overlap: timedelta = OVERLAP) -> str:
    """A new key of a source, this one time. Those before it end after the overlap, or sooner if they would have.

    Raises InvalidValue for an overlap that is none, Conflict for a source that is retired.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        days = LONGEST_OVERLAP.days
        raise InvalidValue(
            "is out of range", path=("overlapHours",), expected=f"0 to {days * 24} hours"
        )
    _in_use(source)
    store.end_keys(work.connection, source.id, work.now + overlap)
    key = sources.add_key(work, source.id)
    work.audit("source.rotate", source.id, overlap_hours=overlap / timedelta(hours=1))
    return key


def withdraw_key(work: UnitOfWork, source: Source, key_id: str) -> None:
    """Have a key of a source end now. Raises NotFound for one that it has not, or that has ended."""
    if not store.end_keys(work.connection, source.id, work.now, clean(key_id) or "none"):
        raise NotFound("the source has no such key")
    sources.changed(work)
    work.audit("source.withdraw_key", source.id, key=key_id)


def retire_source(work: UnitOfWork, source: Source, expected: int) -> Source:
    """Take nothing more from a source; its alerts stay. Raises LostRace, Conflict for one that is retired."""
    _at_version(source, expected)
    _in_use(source)
    made = _keep(work, replace(source, retired_at=work.now), expected)
    work.audit("source.retire", source.id)
    return made


def snippet(source: Source, server: str, key: str = NO_KEY) -> str:
    """What to paste into the tool, for a server at this address."""
    return FORMATS[source.format].snippet(address(source, server, key), key)


def address(source: Source, server: str, key: str = NO_KEY) -> str:
    """Where the tool sends to."""
    return f"{server}/ingest/{source.format}/{key}"


def _keep(work: UnitOfWork, changed: Source, expected: int) -> Source:
    made = replace(changed, updated_at=work.now, version=expected + 1)
    if not store.change_source(work.connection, made, expected):
        _lost(get_source(work, changed.id))
    sources.changed(work)
    return made


def _at_version(source: Source, expected: int) -> None:
    if source.version != expected:
        _lost(source)


def _lost(current: Source) -> None:
    raise LostRace({"id": current.id, "name": current.name, "version": current.version})


def _in_use(source: Source) -> None:
    if source.retired_at is not None:
        raise Conflict("the source is retired")
