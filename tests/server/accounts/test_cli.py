"""`kintsugi user` and `kintsugi token`, on the database itself."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from kintsugi.cli.accounts import RoleChoice, ScopeChoice, token_app, user_app
from kintsugi.kernel.auth import Role, Scope
from kintsugi.kernel.http import NOBODY, Credentials
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.accounts.conftest import PASSWORD

ADD = ["add", "Alice", "--email", "Alice@Example.com", "--role", "admin"]


@pytest.fixture(autouse=True)
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINTSUGI_DATABASE_URL", database_url)


def test_an_admin_and_a_token_are_made_without_a_browser(works: Works) -> None:
    added = CliRunner().invoke(user_app, ADD, input=f"{PASSWORD}\n")
    assert added.exit_code == 0
    assert added.stdout.startswith("usr_")
    made = CliRunner().invoke(
        token_app, ["create", "--user", "alice@example.com", "--scope", "admin"]
    )
    assert made.exit_code == 0
    assert made.stdout.startswith("kin_"), "the token alone"
    with works.reading(NOBODY) as work:
        found = accounts.RoomAuthenticator().viewer(work, Credentials(token=made.stdout.strip()))
    assert found is not None
    assert (found.email, found.scopes) == ("alice@example.com", frozenset({Scope.ADMIN}))


@pytest.mark.usefixtures("works")
def test_a_refusal_ends_with_2_and_says_why() -> None:
    short = CliRunner().invoke(user_app, ADD, input="short\n")
    assert short.exit_code == 2
    assert "at least 12 characters" in short.stderr
    nobody = CliRunner().invoke(token_app, ["create", "--user", "nobody@example.com"])
    assert nobody.exit_code == 2
    assert "nobody has the e-mail nobody@example.com" in nobody.stderr


def test_the_choices_are_the_kernels() -> None:
    assert [one.value for one in RoleChoice] == [one.value for one in Role]
    assert [one.value for one in ScopeChoice] == [one.value for one in Scope]
