"""What happens to people, for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Somebody's name and e-mail are no longer here; their id stays."""

    user_id: str
