"""Sources of alerts, and the keys that they send with."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kintsugi.core.alerts.severity_mapping import mapping_of
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import clean, either, one_line
from kintsugi.formats.alerts import FORMATS, Format, SourceKind, check_mapping
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.live import versions
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.alerts.events import SourcesChanged
from kintsugi.server.alerts.source import Source, SourceKey
from kintsugi.server.alerts.store import sources as store

TOPIC = "alert_sources"
"""Touched by every change of a source or a key: intake, in whatever process, then reads them anew."""
USUAL_RATE = 6000
"""Requests a minute that a key may send unless its source says otherwise."""
MOST_PER_MINUTE = 1_000_000
LONGEST_SECRET = 500
LONGEST_MAPPING = 64_000
MOST_WORDS = 100
_HINT = 4

LiveKeys = Mapping[str, tuple[Source, datetime | None]]
"""The source of each key by the key's hash, and when the key ends."""


class SourceNameIsTaken(Conflict):
    """Another source has this name."""


def hash_of(key: str) -> str:
    """What is stored of a key. It has 128 random bits, so it needs no salt and no slowness."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def make_source(  # noqa: PLR0913 - a source has as many sides
    work: UnitOfWork,
    name: str,
    format_name: str,
    *,
    kind: SourceKind | None = None,
    service: str = "",
    mapping: Mapping[str, object] | None = None,
    severities: Mapping[str, str | int] | None = None,
    secret: str = "",
    max_per_minute: int = USUAL_RATE,
) -> tuple[Source, str]:
    """A source, and its first key this one time. Raises InvalidValue, SourceNameIsTaken."""
    shape = _checked_format(format_name)
    source = checked(
        Source(
            id=work.new_id("src"), name=name, format=shape.name, kind=(kind or shape.kind).value,
            created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
            service=service, mapping=mapping, severities=severities_of(severities or {}),
            secret=secret, max_per_minute=max_per_minute,
        )
    )  # fmt: skip
    if store.source_named(work.connection, source.name) is not None:
        raise SourceNameIsTaken(f"there is a source named {source.name} already")
    store.insert_source(work.connection, source)
    key = add_key(work, source.id)
    work.audit("source.create", source.id, name=source.name, format=source.format)
    return source, key


def add_key(work: UnitOfWork, source_id: str, expires_at: datetime | None = None) -> str:
    """One more key of a source, this one time. 32 hexadecimal digits: some tools take no other as PagerDuty's."""
    key = secrets.token_hex(16)
    made = SourceKey(
        work.new_id("key"), source_id, hash_of(key), key[-_HINT:], work.now, expires_at
    )
    store.insert_key(work.connection, made)
    changed(work)
    return key


def list_sources(work: UnitOfWork) -> list[Source]:
    """Every source, by name."""
    return store.list_sources(work.connection)


def keys_since(works: Works, version: int) -> tuple[int, LiveKeys] | None:
    """Every key that is in use, and the version of all of them; None when that is still `version`."""
    with works.reading(SYSTEM) as work:
        found = versions(work.connection, (TOPIC,))[TOPIC]
        if found == version:
            return None
        return found, store.live_keys(work.connection)


def changed(work: UnitOfWork) -> None:
    """Sources or keys are not what they were: intake of this process reads them at once, of others within a second."""
    work.touch(TOPIC)
    work.publish(SourcesChanged())


def checked(source: Source) -> Source:
    """The source, tidied, if it can be one. Raises InvalidValue, with the field of the API."""
    shape = _checked_format(source.format)
    if source.secret and not shape.is_signed:
        raise InvalidValue(f"{shape.title} signs nothing", path=("secret",), expected="no secret")
    if len(source.secret) > LONGEST_SECRET or clean(source.secret) != source.secret:
        raise InvalidValue("is none that can be kept", path=("secret",))
    if source.mapping is not None:
        if not shape.has_mapping:
            raise InvalidValue(
                f"{shape.title} needs none", path=("mapping",), expected="no mapping"
            )
        written = json.dumps(source.mapping, ensure_ascii=False)
        if len(written) > LONGEST_MAPPING or clean(written) != written:
            problem = f"has more than {LONGEST_MAPPING:,} characters, or some that cannot be kept"
            raise InvalidValue(problem, path=("mapping",))
        try:
            check_mapping(source.mapping)
        except InvalidValue as error:
            raise error.under("mapping") from error
    if not 0 <= source.max_per_minute <= MOST_PER_MINUTE:
        expected = f"0 (no limit) to {MOST_PER_MINUTE:,}"
        raise InvalidValue("is out of range", path=("maxPerMinute",), expected=expected)
    return replace(
        source, name=_checked_name(source.name), service=_checked_service(source.service)
    )


def severities_of(words: Mapping[str, str | int]) -> Mapping[str, Severity]:
    """A mapping of severity words. Raises InvalidValue, with the word."""
    if len(words) > MOST_WORDS:
        raise InvalidValue(f"has more than {MOST_WORDS} words", path=("severities",))
    try:
        return mapping_of({clean(word): said for word, said in words.items()})
    except InvalidValue as error:
        raise error.under("severities") from error


def _checked_format(name: str) -> Format:
    shape = FORMATS.get(name)
    if shape is None:
        raise InvalidValue(
            f"{clean(name)[:60]!r} is none", path=("format",), expected=either(list(FORMATS))
        )
    return shape


def _checked_name(name: str) -> str:
    made = one_line(clean(name))
    if not made or len(made) > 100:
        raise InvalidValue(
            "is empty or too long", path=("name",), expected="a name of 1 to 100 characters"
        )
    return made


def _checked_service(service: str) -> str:
    made = one_line(clean(service))
    if len(made) > 64:
        raise InvalidValue("is too long", path=("service",), expected="at most 64 characters")
    return made
