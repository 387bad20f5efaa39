"""Makes the demo's database: whole or not at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kintsugi.app import open_works
from kintsugi.demo.company.place import address, refuse_in_use, remove
from kintsugi.demo.company.story import Company
from kintsugi.demo.company.telling import Watch, tell
from kintsugi.kernel.config import Settings


def make(file: Path, company: Company, now: datetime, password: str, watch: Watch) -> None:
    """The demo in a file, in place of the demo that was there.

    It is made beside the file and put in its place when it is whole. Raises InUse.
    """
    if file.exists():
        refuse_in_use(file)
    part = file.with_name(f"{file.name}.part")
    remove(part)
    works = open_works(Settings(database_url=address(part)))
    try:
        tell(works, company, now, password, watch)
    finally:
        works.database.close()
    if file.exists():
        refuse_in_use(file)  # once more: making it took seconds
        remove(file)
    part.replace(file)
