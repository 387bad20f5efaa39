"""The client's fixtures."""

from tests.client.live import live  # noqa: F401 - fixtures are found by name
from tests.server.cast import sqlite_template  # noqa: F401 - fixtures are found by name
