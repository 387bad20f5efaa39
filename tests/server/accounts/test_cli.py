"""`kintsugi user` and `kintsugi token`, on the database itself."""

from __future__ import annotations

import json

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


def run(*arguments: str, typed: str = "") -> str:
    """What a command that ends well prints."""
    done = CliRunner().invoke(user_app, list(arguments), input=typed)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.usefixtures("works")
def test_who_is_added_without_a_password_gets_a_link() -> None:
    user_id, address = run(*ADD, typed="\n").splitlines()
    assert user_id.startswith("usr_")
    assert address.startswith("http://127.0.0.1:8000/password/")


def test_a_link_is_printed_alone_and_sets_the_password(works: Works) -> None:
    run(*ADD, typed=f"{PASSWORD}\n")
    secret = run("link", "ALICE@example.com").strip().rsplit("/", 1)[1]
    with works.writing(NOBODY) as work:
        assert accounts.password_links.use(work, secret, "another " + PASSWORD)


def test_people_are_listed_changed_and_erased(works: Works) -> None:
    run(*ADD, typed="\n")
    run("add", "Bob", "--email", "bob@example.com", typed="\n")
    assert run("list") == "Alice <alice@example.com>: admin\nBob <bob@example.com>: viewer\n"
    run("role", "bob@example.com", "editor")
    run("deactivate", "bob@example.com")
    listed = json.loads(run("list", "--json"))
    assert (listed[1]["role"], listed[1]["isActive"]) == ("editor", False)
    run("activate", "bob@example.com")
    refused = CliRunner().invoke(user_app, ["erase", "bob@example.com"], input="n\n")
    assert refused.exit_code == 2
    assert run("erase", "bob@example.com", "--yes").strip() == listed[1]["id"]
    assert [one["name"] for one in json.loads(run("list", "--json"))] == ["Alice"]
    with works.reading(NOBODY) as work:
        assert accounts.user_of_email(work, "bob@example.com") is None


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize("change", [["role", "alice@example.com", "viewer"],
                                    ["deactivate", "alice@example.com"],
                                    ["erase", "alice@example.com", "--yes"]])  # fmt: skip
def test_the_last_admin_stays_on_the_command_line_too(change: list[str]) -> None:
    run(*ADD, typed="\n")
    done = CliRunner().invoke(user_app, change)
    assert done.exit_code == 2
    assert "last active admin" in done.stderr
