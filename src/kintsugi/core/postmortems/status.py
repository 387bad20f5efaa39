"""The states of a postmortem."""

from __future__ import annotations

from enum import Enum


class PostmortemStatus(Enum):
    """DRAFT is its authors', IN_REVIEW the responders', PUBLISHED everybody's and locked, ARCHIVED done with."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"
