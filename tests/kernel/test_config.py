"""Settings are typed, and a bad one stops start-up with its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kintsugi.kernel.config import BadSetting, described, read_settings


def test_defaults_work_on_a_laptop() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.database_url) == (
        "127.0.0.1",
        8000,
        "sqlite:///kintsugi.db",
    )
    assert settings.address == "http://127.0.0.1:8000"


def test_a_value_comes_from_the_environment_from_a_file_or_from_the_command_line(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgres://me:pw@db/kintsugi\n")
    settings = read_settings(
        {"KINTSUGI_PORT": "9000", "KINTSUGI_DATABASE_URL_FILE": str(secret)}, port=9001
    )
    assert settings.port == 9001
    assert settings.database_url == "postgresql+psycopg://me:pw@db/kintsugi"


BAD = [
    ({"KINTSUGI_PORT": "http"}, "KINTSUGI_PORT: 'http' cannot be used; expected a port"),
    ({"KINTSUGI_PORT": "70000"}, "KINTSUGI_PORT"),
    ({"KINTSUGI_ZONE": "Mars"}, "KINTSUGI_ZONE"),
    ({"KINTSUGI_BASE_URL": "javascript:x"}, "KINTSUGI_BASE_URL"),
    ({"KINTSUGI_LOG_LEVEL": "loud"}, "KINTSUGI_LOG_LEVEL"),
    ({"KINTSUGI_PROT": "1"}, "KINTSUGI_PROT is no setting"),
    (
        {"KINTSUGI_DATABASE_URL_FILE": "/nowhere"},
        "KINTSUGI_DATABASE_URL_FILE: the file /nowhere cannot be read",
    ),
    ({"KINTSUGI_SESSION_DAYS": "0"}, "KINTSUGI_SESSION_DAYS"),
    ({"KINTSUGI_HOST": ""}, "KINTSUGI_HOST: '' cannot be used; expected an address"),
    ({"KINTSUGI_HOST": "this host"}, "KINTSUGI_HOST"),
    ({"KINTSUGI_DATABASE_URL": "sqlite://"}, "KINTSUGI_DATABASE_URL"),
    ({"KINTSUGI_DATABASE_URL": "sqlite:///:memory:"}, "KINTSUGI_DATABASE_URL"),
    ({"KINTSUGI_DATABASE_URL": "postgresql://me@db:port/kintsugi"}, "KINTSUGI_DATABASE_URL"),
    ({"KINTSUGI_DATABASE_URL": "postgres"}, "KINTSUGI_DATABASE_URL"),
]


@pytest.mark.parametrize(("environment", "said"), BAD)
def test_a_bad_setting_is_named_with_what_would_be_right(
    environment: dict[str, str], said: str
) -> None:
    with pytest.raises(BadSetting, match=said):
        read_settings(environment)


def test_an_option_of_the_command_line_is_looked_at_like_a_variable() -> None:
    with pytest.raises(BadSetting, match="--host: '' cannot be used"):
        read_settings({}, host="")


def test_the_address_of_a_host_by_number_is_one_that_a_browser_takes() -> None:
    assert read_settings({}, host="::1").address == "http://[::1]:8000"


def test_a_secret_value_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({"KINTSUGI_DATABASE_URL": "mysql://root:hunter2@db"})
    assert "hunter2" not in str(caught.value)


def test_every_setting_is_described() -> None:
    assert all(says.endswith(".") for _, _, says in described())
