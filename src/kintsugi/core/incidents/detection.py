"""How an incident was noticed, and whether that was soon enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from types import MappingProxyType

from kintsugi.core.shared.severity import Severity


class DetectionMethod(Enum):
    """The guide's four ways in which an incident is noticed."""

    MONITORING = "monitoring"
    CUSTOMER = "customer"
    INTERNAL = "internal"
    SYNTHETIC = "synthetic"


DETECTION_TARGETS: Mapping[Severity, timedelta] = MappingProxyType(
    {
        Severity.SEV_1: timedelta(minutes=5),
        Severity.SEV_2: timedelta(minutes=10),
        Severity.SEV_3: timedelta(minutes=30),
        Severity.SEV_4: timedelta(hours=8),
        Severity.SEV_5: timedelta(days=1),
    }
)
"""How soon after impact begins it should be detected; ours, no seed gives numbers."""


@dataclass(frozen=True, slots=True)
class Detection:
    """How it was noticed and by what or whom; `gap` says why not earlier; `target` overrides the severity's."""

    how: DetectionMethod | None = None
    detected_by: str = ""
    gap: str = ""
    target: timedelta | None = None
