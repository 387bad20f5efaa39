"""What a list of this room is asked with."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from kintsugi.kernel.pages import MOST

Cursor = Annotated[str, Query(description="The nextCursor of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items a page has.")]
