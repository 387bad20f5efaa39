"""What a postmortem can be written as, for whom, and with whose keys."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """What a postmortem is written as."""

    MD = "md"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"
    YAML = "yaml"


class Audience(Enum):
    """Whom a document is for; outside, only what is meant for customers, without names, hosts and links."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Keys(Enum):
    """Whose keys JSON has."""

    OWN = "own"
    SEED = "seed"
