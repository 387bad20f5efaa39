"""`kintsugi serve` and `kintsugi db`: the service, and its database."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from kintsugi.cli.output import FINDINGS, note

db_app = typer.Typer(help="The service's database.", no_args_is_help=True)


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65_535, help="The port. [default: KINTSUGI_PORT or 8000]"
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option("--host", help="The address. [default: KINTSUGI_HOST or 127.0.0.1]"),
    ] = None,
) -> None:
    """Start the service: web pages and API. Settings come from KINTSUGI_* variables."""
    import uvicorn

    from kintsugi.app import build_app, open_works, setup_address
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.observability import configure_logs

    settings = read_settings(os.environ, port=port, host=host)
    configure_logs(settings.log_level, settings.log_format)
    works = open_works(settings)
    note(f"Kintsugi is at {settings.address}")
    address = setup_address(settings, works)
    if address:
        note(
            f"Nobody can sign in yet. Make the first admin here, once, within 24 hours:\n  {address}"
        )
    uvicorn.run(
        build_app(settings, works), host=settings.host, port=settings.port, access_log=False, log_level="warning",
        timeout_graceful_shutdown=10, server_header=False,
    )  # fmt: skip
    works.database.close()


@db_app.command()
def upgrade() -> None:
    """Bring the database to the schema this version needs."""
    from kintsugi.kernel import migrate
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.database import Database

    changed = migrate.upgrade(Database(read_settings(os.environ).database_url))
    typer.echo(f"{'upgraded to' if changed else 'already at'} schema {migrate.newest()}")


@db_app.command()
def check() -> None:
    """Say whether the database has the schema this version needs, and whether the audit log holds."""
    from kintsugi.kernel import audit, migrate
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.database import Database

    database = Database(read_settings(os.environ).database_url)
    wrong = migrate.check(database)
    if not wrong:
        with database.reading() as connection:
            broken = audit.first_broken(connection)
        if broken is not None:
            wrong = [f"the audit log was changed: its chain breaks at entry {broken}"]
    for text in wrong:
        note(f"kintsugi: {text}")
    if wrong:
        raise typer.Exit(FINDINGS)
    typer.echo(f"schema {migrate.newest()}, audit log unbroken")
