"""A source: a tool, or people, that tell us of alerts, and by what they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.alerts.severity_mapping import NO_MAPPING
from kintsugi.core.shared.severity import Severity


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends. `kind` is a word of `formats.alerts.SourceKind`; `service` is what alerts that name none are of.

    `mapping` says where a format with one finds things (None: the format's own). `secret` verifies
    signatures, and is never shown. `max_per_minute` counts requests; 0 is no limit.
    """

    id: str
    name: str
    format: str
    kind: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    service: str = ""
    mapping: Mapping[str, object] | None = None
    severities: Mapping[str, Severity] = field(default_factory=lambda: NO_MAPPING)
    secret: str = field(default="", repr=False)
    max_per_minute: int = 0
    last_event_at: datetime | None = None
    retired_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class SourceKey:
    """One key of a source, known by its hash; `hint` is its end, so that people can tell which it is."""

    id: str
    source_id: str
    key_hash: str
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
