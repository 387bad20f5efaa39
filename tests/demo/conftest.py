"""The demo's fixtures."""

from tests.demo.told import browsers, told, told_again  # noqa: F401 - fixtures are found by name
from tests.server.cast import cluster, postgres_template, sqlite_template  # noqa: F401
