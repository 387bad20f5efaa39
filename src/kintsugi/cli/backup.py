"""`kintsugi backup`: the whole database in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def back_up(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Copy the whole database into a file, while the service runs. Only its owner may read it."""
    from kintsugi.kernel import backup
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.database import Database

    database = Database(read_settings(os.environ).database_url)
    try:
        size = backup.back_up(database, file, replace=force)
    finally:
        database.close()
    kind = "a SQLite database" if database.is_sqlite else "for pg_restore"
    typer.echo(f"{file}: {size:,} bytes, {kind}")
