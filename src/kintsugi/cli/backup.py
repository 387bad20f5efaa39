"""`kintsugi backup` and `kintsugi restore`: the whole database in one file, and the database made of it again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kintsugi.core.shared.text import plural


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


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What kintsugi backup wrote.")],
) -> None:
    """Make the database of the settings from a backup. It must not be there yet, or be empty."""
    from kintsugi.app import PARKED
    from kintsugi.kernel import backup
    from kintsugi.kernel.config import read_settings

    parked = backup.restore(read_settings(os.environ).database_url, file, PARKED)
    typer.echo(f"restored from {file}")
    if parked:
        typer.echo(
            f"{plural(parked, 'job')} that should have been done by now {'is' if parked == 1 else 'are'}"
            " parked: Settings shows them to an admin, who decides"
        )
