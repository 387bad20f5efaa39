"""The fixtures of the tests of alerts."""

from __future__ import annotations

import pytest

from tests.server.alerts.telling import Tool, tool
from tests.server.cast import Cast, MovableClock


@pytest.fixture
def prometheus(client: Cast, clock: MovableClock) -> Tool:
    """A tool that tells of alerts."""
    return tool(client, clock)
