"""`kintsugi serve`, `kintsugi worker` and `kintsugi db`: the service, its worker alone, and its database."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.output import FINDINGS, fail, note
from kintsugi.core.shared.text import plural

if TYPE_CHECKING:
    import socket

    from kintsugi.kernel.config import Settings
    from kintsugi.kernel.database import Database

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
    """Start the service: web pages, API and a worker. Settings come from KINTSUGI_* variables."""
    import uvicorn

    from kintsugi.app import build_app, build_jobs, open_works, setup_address, short_way
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.jobs import InBackground, Worker
    from kintsugi.kernel.observability import configure_logs

    settings = read_settings(os.environ, port=port, host=host)
    configure_logs(settings.log_level, settings.log_format)
    works = open_works(settings)
    listener = _listening(settings)
    settings = replace(settings, port=listener.getsockname()[1])  # for 0 any free one was taken
    note(f"Kintsugi is at {settings.address}")
    address = setup_address(settings, works)
    if address:
        note(
            f"Nobody can sign in yet. Make the first admin here, once, within 24 hours:\n  {address}"
        )
    registered = build_jobs(settings, works)
    worker = InBackground(lambda: Worker(works, registered))
    app = build_app(settings, works)
    server = uvicorn.Server(
        uvicorn.Config(
            app, http=short_way(app), access_log=False, log_level="warning",
            timeout_graceful_shutdown=10, server_header=False,
        )
    )  # fmt: skip

    def stop() -> None:
        server.should_exit = True

    # Uvicorn finishes what is in flight and then raises the signal again, which must not end us.
    _on_stop(stop)
    worker.start()
    # What was loaded stays: to walk all of it over and over would cost a request 100 ms now and then.
    gc.collect()
    gc.freeze()
    # Alerts are many small objects that wait a moment and form no cycles: to look for some every 700 costs a tenth.
    gc.set_threshold(20_000, 20, 100)
    server.run(sockets=[listener])
    _leave(has_started=server.started, has_ended=worker.stop())


def _listening(settings: Settings) -> socket.socket:
    """The socket that the service listens on. Ends the command where it cannot, naming what was asked for."""
    import socket

    place = f"{settings.host} port {settings.port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0].lower()
        fail(f"KINTSUGI_HOST, KINTSUGI_PORT: cannot listen on {place}: {why}")


def work() -> None:
    """Start a worker alone: it does what the pages and the API left for later. Several may run on PostgreSQL."""
    from kintsugi.app import build_dispatcher, build_jobs, build_keeper, open_works
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.jobs import LeaseLost, Worker
    from kintsugi.kernel.observability import configure_logs, log

    settings = read_settings(os.environ)
    configure_logs(settings.log_level, settings.log_format)
    works = open_works(settings)
    worker = Worker(works, build_jobs(settings, works))
    _on_stop(worker.stop)
    note("Kintsugi's worker begins")
    dispatcher = build_dispatcher(works)
    dispatcher.start()
    keeper = build_keeper(works)
    keeper.start()
    held = True
    try:
        worker.run()
    except LeaseLost:
        log.error("worker lost its lease: another one does its work", worker=worker.id)
        held = False
    has_ended = dispatcher.stop() and keeper.stop()
    _leave(has_started=held, has_ended=has_ended and not worker.left_in_flight)


def _on_stop(stop: Callable[[], None]) -> None:
    def told(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)


def _leave(*, has_started: bool, has_ended: bool) -> None:
    """End the process: 0 when all is done, 1 when not. A job that does not end is left to another worker."""
    if not has_ended:
        os._exit(1)
    if not has_started:
        raise typer.Exit(1)


@db_app.command()
def upgrade() -> None:
    """Bring the database to the schema this version needs."""
    from kintsugi.kernel import migrate

    with _database() as database:
        changed = migrate.upgrade(database)
    typer.echo(f"{'upgraded to' if changed else 'already at'} schema {migrate.newest()}")


@db_app.command()
def check() -> None:
    """Say whether the database has the schema this version needs, whether the audit log holds, and what is parked."""
    from kintsugi.kernel import audit, migrate
    from kintsugi.kernel.jobs import overview

    with _database() as database:
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
        with database.reading() as connection:
            parked = overview(connection).parked
    for job in parked:
        note(f"parked since {job.changed_at:%Y-%m-%d %H:%M} UTC: {job.kind} {job.key}: {job.error}")


@db_app.command()
def reindex() -> None:
    """Write anew what the search finds things by. The server may run meanwhile; it finds less until this is done."""
    from kintsugi.app import open_works
    from kintsugi.kernel.config import read_settings
    from kintsugi.server.knowledge.search import keeping

    works = open_works(read_settings(os.environ))
    try:
        count = keeping.rebuild(works)
    finally:
        works.database.close()
    typer.echo(f"{plural(count, 'thing')} can be found")


@db_app.command(name="park-overdue")
def park_overdue() -> None:
    """Park the jobs that should have been done by now: after a restore by other means than kintsugi restore."""
    from kintsugi.app import PARKED
    from kintsugi.kernel import migrate
    from kintsugi.kernel.auth import SYSTEM
    from kintsugi.kernel.clock import SystemClock
    from kintsugi.kernel.jobs import park_overdue
    from kintsugi.kernel.unit_of_work import Works

    with _database() as database:
        migrate.upgrade(database)
        with Works(database, SystemClock()).writing(SYSTEM) as work:
            parked = park_overdue(work, PARKED)
    typer.echo(f"{plural(parked, 'job')} parked")


@contextmanager
def _database() -> Iterator[Database]:
    from kintsugi.kernel.config import read_settings
    from kintsugi.kernel.database import open_database

    database = open_database(read_settings(os.environ).database_url)
    try:
        yield database
    finally:
        database.close()
