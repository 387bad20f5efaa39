"""What routes are asked with, the same in every room: pages of lists, ETags, words to search for, form fields."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Header, Query
from pydantic import AfterValidator, Field

from kintsugi.core.shared.text import clean
from kintsugi.kernel.http import Body
from kintsugi.kernel.pages import LONGEST, MOST, USUAL

Cursor = Annotated[
    str | None, Query(max_length=LONGEST, description="The nextCursor of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items a page has.")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what was read.")]
Searched = Annotated[str, Field(max_length=200), AfterValidator(clean), AfterValidator(str.strip)]
"""A word to narrow a list with."""
Text = Annotated[str, Form()]
"""A field of a form."""


class Paged(Body):
    """What a list is asked with, beside what narrows it."""

    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=LONGEST)
