"""The server's fixtures."""

from tests.server.cast import (  # noqa: F401 - fixtures are found by name
    client,
    clock,
    cluster,
    database_url,
    postgres_template,
    sqlite_template,
    works,
)
