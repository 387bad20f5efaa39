"""The server's fixtures."""

from tests.server.cast import (  # noqa: F401 - fixtures are found by name
    client,
    clock,
    cluster,
    database_url,
    one_loop,
    postgres_giver,
    postgres_template,
    quick_hashes,
    sqlite_giver,
    sqlite_template,
    works,
)
