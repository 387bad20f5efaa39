"""How incidents belong together: each link is read from both of its ends."""

from __future__ import annotations

from enum import Enum
from typing import assert_never


class LinkKind(Enum):
    """What one incident is to another."""

    RELATED = "related"
    CAUSED_BY = "caused-by"
    CAUSE_OF = "cause-of"
    FOLLOW_UP_OF = "follow-up-of"
    FOLLOWED_UP_BY = "followed-up-by"
    DUPLICATE_OF = "duplicate-of"
    HAS_DUPLICATE = "has-duplicate"

    @property
    def inverse(self) -> LinkKind:
        """The same link as the other incident has it."""
        match self:
            case LinkKind.RELATED:
                return LinkKind.RELATED
            case LinkKind.CAUSED_BY:
                return LinkKind.CAUSE_OF
            case LinkKind.CAUSE_OF:
                return LinkKind.CAUSED_BY
            case LinkKind.FOLLOW_UP_OF:
                return LinkKind.FOLLOWED_UP_BY
            case LinkKind.FOLLOWED_UP_BY:
                return LinkKind.FOLLOW_UP_OF
            case LinkKind.DUPLICATE_OF:
                return LinkKind.HAS_DUPLICATE
            case LinkKind.HAS_DUPLICATE:
                return LinkKind.DUPLICATE_OF
            case _:
                assert_never(self)

    @property
    def words(self) -> str:
        """`caused by`, `follow-up of`: as a page says it before the other's reference."""
        match self:
            case LinkKind.RELATED:
                return "related to"
            case LinkKind.FOLLOW_UP_OF:
                return "follow-up of"
            case LinkKind.FOLLOWED_UP_BY:
                return "followed up by"
            case LinkKind.CAUSED_BY:
                return "caused by"
            case LinkKind.CAUSE_OF:
                return "cause of"
            case LinkKind.DUPLICATE_OF:
                return "duplicate of"
            case LinkKind.HAS_DUPLICATE:
                return "has the duplicate"
            case _:
                assert_never(self)


KEPT = (
    LinkKind.RELATED, LinkKind.CAUSED_BY, LinkKind.FOLLOW_UP_OF, LinkKind.DUPLICATE_OF,
)  # fmt: skip
"""One of each pair: the form in which a link is kept; its inverse is worked out."""
BY_HAND = (
    LinkKind.RELATED, LinkKind.CAUSED_BY, LinkKind.CAUSE_OF, LinkKind.FOLLOW_UP_OF,
    LinkKind.FOLLOWED_UP_BY,
)  # fmt: skip
"""The kinds somebody may choose; duplicates are merged."""
