"""The command line's root: its groups, and how every error leaves it."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer
from typer.core import TyperGroup

from kintsugi import __version__
from kintsugi.cli.output import fail
from kintsugi.core.shared.errors import DomainError

HELP = "Incident response and blameless postmortems. Work on files needs no server."


def _add_postmortem(app: typer.Typer) -> None:
    from kintsugi.cli import postmortem

    app.add_typer(postmortem.app, name="postmortem")


def _add_lint(app: typer.Typer) -> None:
    from kintsugi.cli import lint

    app.command(name="lint")(lint.lint)


def _add_severity(app: typer.Typer) -> None:
    from kintsugi.cli import severity

    app.command(name="severity", help=severity.HELP)(severity.calculate)


def _add_analyze(app: typer.Typer) -> None:
    from kintsugi.cli import analyze

    app.command(name="analyze")(analyze.analyze)


def _add_template(app: typer.Typer) -> None:
    from kintsugi.cli import template

    app.add_typer(template.app, name="template")


def _add_demo(app: typer.Typer) -> None:
    from kintsugi.cli import demo

    app.command(name="demo")(demo.demo)


def _add_serve(app: typer.Typer) -> None:
    from kintsugi.cli import serve

    app.command(name="serve")(serve.serve)


def _add_worker(app: typer.Typer) -> None:
    from kintsugi.cli import serve

    app.command(name="worker")(serve.work)


def _add_db(app: typer.Typer) -> None:
    from kintsugi.cli import serve

    app.add_typer(serve.db_app, name="db")


def _add_user(app: typer.Typer) -> None:
    from kintsugi.cli import accounts

    app.add_typer(accounts.user_app, name="user")


def _add_token(app: typer.Typer) -> None:
    from kintsugi.cli import accounts

    app.add_typer(accounts.token_app, name="token")


def _add_incident(app: typer.Typer) -> None:
    from kintsugi.cli import incident_chat, incident_command, incidents

    incident_command.add_to(incidents.app)
    incidents.app.command(name="chat")(incident_chat.chat)
    app.add_typer(incidents.app, name="incident")


def _add_service(app: typer.Typer) -> None:
    from kintsugi.cli import services

    app.add_typer(services.app, name="service")


def _add_action(app: typer.Typer) -> None:
    from kintsugi.cli import actions

    app.add_typer(actions.app, name="action")


def _add_search(app: typer.Typer) -> None:
    from kintsugi.cli import search

    # -word is a word that must not be there, and no option.
    settings = {"ignore_unknown_options": True}
    app.command(name="search", context_settings=settings)(search.search)


def _add_pattern(app: typer.Typer) -> None:
    from kintsugi.cli import patterns

    app.add_typer(patterns.app, name="pattern")


def _add_alert(app: typer.Typer) -> None:
    from kintsugi.cli import alert

    app.add_typer(alert.app, name="alert")


def _add_faulttree(app: typer.Typer) -> None:
    from kintsugi.cli import faulttree, tree_remote

    for name, command in (
        ("list", tree_remote.list_fault_trees),
        ("pull", tree_remote.pull_fault_tree),
        ("push", tree_remote.push_fault_tree),
    ):
        faulttree.app.command(name=name)(command)
    app.add_typer(faulttree.app, name="faulttree")


def _add_change(app: typer.Typer) -> None:
    from kintsugi.cli import alert_sending

    app.add_typer(alert_sending.change_app, name="change")


def _add_source(app: typer.Typer) -> None:
    from kintsugi.cli import sources

    app.add_typer(sources.app, name="source")


def _add_whys(app: typer.Typer) -> None:
    from kintsugi.cli import whys

    app.command(name="whys")(whys.whys)


def _add_whytree(app: typer.Typer) -> None:
    from kintsugi.cli import tree_remote

    app.add_typer(tree_remote.why_app, name="whytree")


def _add_triage(app: typer.Typer) -> None:
    from kintsugi.cli import triage

    app.command(name="triage", help=triage.HELP)(triage.answer)


def _add_backup(app: typer.Typer) -> None:
    from kintsugi.cli import backup

    app.command(name="backup")(backup.back_up)


def _add_restore(app: typer.Typer) -> None:
    from kintsugi.cli import backup

    app.command(name="restore")(backup.restore)


def _add_kb(app: typer.Typer) -> None:
    from kintsugi.cli import knowledge_base

    app.add_typer(knowledge_base.app, name="kb")


PANELS: Mapping[str, Mapping[str, Callable[[typer.Typer], None]]] = {
    "Files, without a server": {
        "postmortem": _add_postmortem,
        "lint": _add_lint,
        "kb": _add_kb,
        "template": _add_template,
        "severity": _add_severity,
        "triage": _add_triage,
        "whys": _add_whys,
        "faulttree": _add_faulttree,
        "analyze": _add_analyze,
    },
    "A server at KINTSUGI_URL, as KINTSUGI_TOKEN": {
        "incident": _add_incident,
        "action": _add_action,
        "alert": _add_alert,
        "service": _add_service,
        "search": _add_search,
        "pattern": _add_pattern,
        "whytree": _add_whytree,
        "source": _add_source,
        "change": _add_change,
    },
    "The service itself": {
        "demo": _add_demo,
        "serve": _add_serve,
        "worker": _add_worker,
        "db": _add_db,
        "user": _add_user,
        "token": _add_token,
        "backup": _add_backup,
        "restore": _add_restore,
    },
}
"""The commands by what they work on. Each loads on its own, so that a short question gets a quick answer."""
COMMANDS = {name: add for commands in PANELS.values() for name, add in commands.items()}


class _InOrder(TyperGroup):
    """Lists its commands as they stand above, and not commands before groups of them."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - typer gives it by name
        return [name for name in COMMANDS if name in self.commands]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kintsugi {__version__}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Options that come before a command."""


def build_app(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(
        name="kintsugi",
        cls=_InOrder,
        help=HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=HELP)(_root)
    for name in names:
        COMMANDS[name](app)
    panel_of = {name: panel for panel, commands in PANELS.items() for name in commands}
    for command in app.registered_commands:
        command.rich_help_panel = panel_of[command.name or ""]
    for group in app.registered_groups:
        group.rich_help_panel = panel_of[group.name or ""]
    return app


def run() -> None:
    """Run the command line; bad input ends with exit code 2 and one clear message, never a traceback."""
    # What we read and write is UTF-8, whatever the locale says.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # A command builds values and ends: looking for cycles among 100,000 events costs more than it frees.
    gc.set_threshold(200_000, 50, 100)
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        build_app([first] if first in COMMANDS else tuple(COMMANDS))()
    except DomainError as error:
        fail(str(error))
    except BrokenPipeError:
        # The reader went away (`| head`): say nothing, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        fail(f"{error.filename or 'file'}: {error.strerror or error}")
    except MemoryError:
        fail("the input needs more memory than there is")
