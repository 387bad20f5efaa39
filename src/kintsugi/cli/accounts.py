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

from kintsugi.cli.output import fail, note, print_json

if TYPE_CHECKING:
    from kintsugi.kernel.config import Settings
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
    """Add somebody and print their id. The password is read from standard input (asked for on a terminal).

    With an empty one, a link is printed too, with which they set their own within 72 hours.
    """
    from kintsugi.kernel.auth import Role
    from kintsugi.server.accounts import cli

    password = _password()
    with _opened() as (works, settings):
        user_id, secret = cli.add_user(works, name, email, Role(role.value), password)
    typer.echo(user_id)
    if secret:
        typer.echo(_address(settings, secret))


Email = Annotated[str, typer.Argument(metavar="EMAIL", help="What they sign in with.")]


@user_app.command(name="list")
def list_users(
    as_json: Annotated[bool, typer.Option("--json", help="Print an array of people.")] = False,
) -> None:
    """Say who there is, by name."""
    from kintsugi.server.accounts import cli

    with _opened() as (works, _):
        people = cli.list_users(works)
    if as_json:
        print_json(people)
        return
    for person in people:
        state = "" if person["isActive"] else ", let out"
        typer.echo(f"{person['name']} <{person['email']}>: {person['role']}{state}")


@user_app.command(name="role")
def set_role(
    email: Email, role: Annotated[RoleChoice, typer.Argument(help="What they may do.")]
) -> None:
    """Give somebody another role."""
    from kintsugi.kernel.auth import Role
    from kintsugi.server.accounts import cli

    with _opened() as (works, _):
        cli.change_user(works, email, role=Role(role.value))
    note(f"{email} has the role {role.value}")


@user_app.command()
def deactivate(email: Email) -> None:
    """Let somebody out: they cannot sign in, and their sessions and tokens end."""
    from kintsugi.server.accounts import cli

    with _opened() as (works, _):
        cli.change_user(works, email, is_active=False)
    note(f"{email} is let out")


@user_app.command()
def activate(email: Email) -> None:
    """Let somebody in again, who then signs in anew."""
    from kintsugi.server.accounts import cli

    with _opened() as (works, _):
        cli.change_user(works, email, is_active=True)
    note(f"{email} is let in")


@user_app.command()
def link(email: Email) -> None:
    """Print a link with which somebody sets their password, once and within 72 hours."""
    from kintsugi.server.accounts import cli

    with _opened() as (works, settings):
        typer.echo(_address(settings, cli.make_password_link(works, email)))


@user_app.command()
def erase(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
) -> None:
    """Replace somebody's name and e-mail for good, and end all by which they sign in. Their id stays."""
    from kintsugi.server.accounts import cli

    if not yes and not typer.confirm(f"Erase {email} for good?", err=True):
        fail("nobody was erased")
    with _opened() as (works, _):
        typer.echo(cli.erase(works, email))


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

    with _opened() as (works, _):
        typer.echo(cli.create_token(works, email, name, Scope(scope.value), days))


def _address(settings: Settings, secret: str) -> str:
    return f"{settings.address}/password/{secret}"


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password (none: a link to set one is printed): ")
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def _opened() -> Iterator[tuple[Works, Settings]]:
    """The database of the settings, and these; a refusal ends the command with its reason."""
    from kintsugi.app import open_works
    from kintsugi.core.shared.errors import DomainError
    from kintsugi.kernel.config import read_settings

    try:
        settings = read_settings(os.environ)
        works = open_works(settings)
        try:
            yield works, settings
        finally:
            works.database.close()
    except DomainError as error:
        fail(str(error))
