"""The alert formats of other tools: bytes to values, signatures checked with a secret and a time passed in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kintsugi.formats.alerts import (
    alertmanager,
    alertmanager_api,
    cloudevents,
    cloudwatch,
    form,
    generic,
    grafana,
    opsgenie,
    pagerduty,
)
from kintsugi.formats.alerts.format import (
    BadSignature,
    Decoded,
    Format,
    Headers,
    SourceKind,
    Undecodable,
)
from kintsugi.formats.alerts.mapping import check_mapping

_ALL = (
    alertmanager_api.FORMAT,
    alertmanager.FORMAT,
    grafana.FORMAT,
    pagerduty.FORMAT,
    opsgenie.FORMAT,
    cloudwatch.FORMAT,
    *generic.PRESET_FORMATS,
    cloudevents.FORMAT,
    generic.FORMAT,
    form.FORMAT,
)
FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _ALL})
"""Every format by its name, as it stands in a source's address, in the order in which people are offered them."""

__all__ = [
    "FORMATS",
    "BadSignature",
    "Decoded",
    "Format",
    "Headers",
    "SourceKind",
    "Undecodable",
    "check_mapping",
]
