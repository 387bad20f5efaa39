"""`kintsugi user` and `kintsugi token`: people and API tokens, on the database itself."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.output import fail

if TYPE_CHECKING:
    from kintsugi.kernel.unit_of_work import Works

user_app = typer.Typer(help="The people who can sign in.", no_args_is_help=True)
token_app = typer.Typer(help="API tokens.", no_args_is_help=True)


class RoleChoice(StrEnum):
    """The roles, as `kintsugi.kernel.auth.Role` has them; a test holds them equal."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    EDITOR = "editor"
    ADMIN = "admin"


class ScopeChoice(StrEnum):
    """The scopes, as `kintsugi.kernel.auth.Scope` has them; a test holds them equal."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@user_app.callback()
def users() -> None:
    """The people who can sign in."""


@token_app.callback()
def tokens() -> None:
    """API tokens."""


@user_app.command(name="add")
def add_user(
    name: Annotated[str, typer.Argument(help="What people call them.")],
    email: Annotated[str, typer.Option("--email", help="What they sign in with.")],
    role: Annotated[
        RoleChoice, typer.Option("--role", help="What they may do.")
    ] = RoleChoice.VIEWER,
) -> None:
    """Add somebody. The password is read from standard input (asked for on a terminal)."""
    from kintsugi.kernel.auth import Role
    from kintsugi.server.accounts import cli

    password = _password()
    with _opened() as works:
        typer.echo(cli.add_user(works, name, email, Role(role.value), password))


@token_app.command(name="create")
def create_token(
    email: Annotated[str, typer.Option("--user", help="The e-mail of whom it is for.")],
    name: Annotated[str, typer.Option("--name", help="What the token is for.")] = "command line",
    scope: Annotated[
        ScopeChoice, typer.Option("--scope", help="What it may do, within the role of its user.")
    ] = ScopeChoice.WRITE,
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=3650, help="Days it is valid. [default: until revoked]"),
    ] = None,
) -> None:
    """Make a token and print it, this once."""
    from kintsugi.kernel.auth import Scope
    from kintsugi.server.accounts import cli

    with _opened() as works:
        typer.echo(cli.create_token(works, email, name, Scope(scope.value), days))


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def _opened() -> Iterator[Works]:
    """The database of the settings; a refusal ends the command with its reason."""
    from kintsugi.app import open_works
    from kintsugi.core.shared.errors import DomainError
    from kintsugi.kernel.config import read_settings

    try:
        works = open_works(read_settings(os.environ))
        try:
            yield works
        finally:
            works.database.close()
    except DomainError as error:
        fail(str(error))
